/* SPDX-License-Identifier: Apache-2.0 */
const EVENTS = ['progress', 'delivering', 'completed', 'rejected', 'terminated', 'expired'];

/** Each takes one of the six connections that a browser has to a server over HTTP/1.1, for all of its tabs. */
const LIMIT = 1;

const streams = new Map();

/** Has the newest uploads told what the server says of them, while the page can be seen. */
export function followNewest(uploads) {
	const newest = document.hidden ? [] : uploads.toSorted((one, other) => other.created - one.created).slice(0, LIMIT);
	for (const [upload, stream] of streams) {
		if (!newest.includes(upload)) {
			stream.close();
			streams.delete(upload);
		}
	}
	newest.filter((upload) => !streams.has(upload)).forEach((upload) => streams.set(upload, open(upload)));
}

function open(upload) {
	const stream = new EventSource(`${upload.url}/events`);
	for (const event of EVENTS) {
		stream.addEventListener(event, ({ data }) => upload.told(event, JSON.parse(data)));
	}
	// A connection that was lost is made again by the browser; one that was refused isn't.
	stream.addEventListener('error', () => (stream.readyState === EventSource.CLOSED) && upload.lost());
	return stream;
}
