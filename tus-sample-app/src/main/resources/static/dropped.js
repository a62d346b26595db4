/* SPDX-License-Identifier: Apache-2.0 */
import { announce } from './view.js';

/** Returns the files that were dropped, and those in dropped folders. To be called before the event is over. */
export async function filesOf({ items }) {
	const dropped = [...items].filter(({ kind }) => kind === 'file')
		// A file that a script has made has no entry.
		.map((item) => item.webkitGetAsEntry() ?? item.getAsFile());
	return (await Promise.all(dropped.map(filesIn))).flat();
}

/** Returns what there is of an entry. What can't be read doesn't keep the rest. */
async function filesIn(entry) {
	try {
		return (entry instanceof File) ? entry : await readEntry(entry);
	}
	catch {
		announce(`${entry.name} can’t be read`);
		return [];
	}
}

async function readEntry(entry) {
	if (entry.isFile) {
		return new Promise((resolve, reject) => entry.file(resolve, reject));
	}
	const reader = entry.createReader();
	const files = [];
	// A folder is read in several parts, of which the last one is empty.
	for (let part = await read(reader); part.length > 0; part = await read(reader)) {
		files.push(...(await Promise.all(part.map(filesIn))).flat());
	}
	return files;
}

function read(reader) {
	return new Promise((resolve, reject) => reader.readEntries(resolve, reject));
}
