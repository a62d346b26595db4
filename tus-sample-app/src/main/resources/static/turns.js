/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Over HTTP/1.1 a browser has six connections to a server, and whatever finds none waits until a whole file is sent. So
 * uploads leave some of them for all else, such as to cancel one.
 */
const LIMIT = 4;

const waiting = [];
const running = new Set();

/** Has an upload started as soon as there are connections for it, in the order of the calls. */
export function takeTurn(upload) {
	waiting.push(upload);
	startNext();
}

/** Gives back what an upload has, or no longer waits for. */
export function endTurn(upload) {
	running.delete(upload);
	const place = waiting.indexOf(upload);
	if (place >= 0) {
		waiting.splice(place, 1);
	}
	startNext();
}

function startNext() {
	const taken = [...running].reduce((sum, { connections }) => sum + connections, 0);
	if (waiting.length > 0 && taken + waiting[0].connections <= LIMIT) {
		const next = waiting.shift();
		running.add(next);
		next.start();
		startNext();
	}
}
