/* SPDX-License-Identifier: Apache-2.0 */
/** The same bytes as ClientPage.content(size) has. */
function content(size) {
	const bytes = new Uint8Array(size);
	for (let i = 0; i < size; i++) {
		bytes[i] = (i * 31 + (i >> 8) * 7 + (i >> 16)) & 0xff;
	}
	return bytes;
}

/** Uploads with tus-js-client and says how it went. */
function upload(endpoint, size, filename, options = {}, prepare = () => {}) {
	return new Promise((resolve) => {
		const requests = [];
		const blob = new Blob([content(size)]);
		const stream = () => options.protocol ? blob.stream() : blob.stream().getReader();
		const source = options.uploadLengthDeferred ? stream() : blob;
		const upload = new tus.Upload(source, {
			endpoint,
			metadata: { filename },
			storeFingerprintForResuming: false,
			retryDelays: [0, 200, 500, 1000, 2000],
			onAfterResponse: (request, response) => requests.push(`${request.getMethod()} ${response.getStatus()}`),
			onSuccess: () => resolve({ url: upload.url, requests }),
			onError: (error) => resolve({
				requests,
				error: error.message,
				status: error.originalResponse?.getStatus(),
				body: error.originalResponse?.getBody(),
			}),
			...options,
		});
		prepare(upload, resolve, requests);
		upload.start();
	});
}

/** Sends one request and says what can be read of the answer. */
async function send(method, url, headers, body) {
	const response = await fetch(url, { method, headers: { 'Tus-Resumable': '1.0.0', ...headers }, body });
	return {
		status: response.status,
		location: response.headers.get('Location'),
		offset: response.headers.get('Upload-Offset'),
		body: await response.text(),
	};
}
