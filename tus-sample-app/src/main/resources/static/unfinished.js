/* SPDX-License-Identifier: Apache-2.0 */
import { DOCUMENTS, FILES } from './active-upload.js';
import { formatSize, formatTime } from './format.js';
import { addItem, announce, removeItem, showProgress } from './view.js';

const storage = tus.defaultOptions.urlStorage;
const items = new Map();

/** Offers what an earlier visit to this page has left unfinished. */
export async function showUnfinished(onFile) {
	for (const upload of await storage.findAllUploads()) {
		await show(upload, onFile);
	}
}

/** Takes an upload that goes on off the list. */
export function forget(key) {
	if (items.has(key)) {
		removeItem('unfinished', items.get(key));
		items.delete(key);
	}
}

async function show(upload, onFile) {
	const urls = upload.parallelUploadUrls ?? [upload.uploadUrl];
	const states = await Promise.all(urls.map(inspect));
	if (states.includes('gone')) {
		await storage.removeUpload(upload.urlStorageKey);
	}
	if (!states.every(Number.isFinite) || (urls.length === 1 && states[0] === upload.size)) {
		return;
	}
	const endpoint = urls[0].startsWith(`${DOCUMENTS}/`) ? DOCUMENTS : FILES;
	const name = upload.metadata.filename;
	const item = addItem('unfinished');
	items.set(upload.urlStorageKey, item);
	item.querySelector('.name').textContent = name;
	item.querySelector('.size').textContent = formatSize(upload.size);
	item.querySelector('.bar').setAttribute('aria-label', name);
	const percent = showProgress(item, states.reduce((sum, offset) => sum + offset, 0), upload.size);
	const text = `${percent} % · started ${formatTime(upload.creationTime)}`;
	item.querySelector('.state').textContent = text;
	item.querySelector('.choose input').setAttribute('aria-label', `Choose ${name} again`);
	item.querySelector('.choose input').addEventListener('change', async (event) => {
		const [file] = event.target.files;
		event.target.value = '';
		if (await isSame(file, endpoint, upload)) {
			onFile(file, endpoint);
		}
		else {
			item.querySelector('.state').textContent = `This is another file, or it has changed. ${text}`;
			announce(`This is not ${name}, or it has changed`);
		}
	});
	item.querySelector('.discard').setAttribute('aria-label', `Discard ${name}`);
	item.querySelector('.discard').addEventListener('click', async () => {
		await Promise.allSettled(urls.map((url) => tus.Upload.terminate(url)));
		await storage.removeUpload(upload.urlStorageKey);
		forget(upload.urlStorageKey);
		announce(`${name} discarded`);
	});
}

/** The number of bytes that the server has, or 'gone', or 'unknown' where it can't say at the moment. */
async function inspect(url) {
	try {
		const response = await fetch(url, { method: 'HEAD', headers: { 'Tus-Resumable': '1.0.0' } });
		if (response.ok) {
			return Number(response.headers.get('Upload-Offset'));
		}
		return [404, 410].includes(response.status) ? 'gone' : 'unknown';
	}
	catch {
		return 'unknown';
	}
}

async function isSame(file, endpoint, upload) {
	const fingerprint = await tus.defaultOptions.fingerprint(file, { endpoint });
	const same = await storage.findUploadsByFingerprint(fingerprint);
	return same.some((other) => other.urlStorageKey === upload.urlStorageKey);
}
