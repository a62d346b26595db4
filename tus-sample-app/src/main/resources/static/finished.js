/* SPDX-License-Identifier: Apache-2.0 */
import { formatSize, formatTime } from './format.js';
import { addItem, announce } from './view.js';

const list = document.querySelector('#finished');
const empty = document.querySelector('#finished-empty');

let again;

/** Shows what the server has. */
export async function refreshFinished() {
	clearTimeout(again);
	const response = await fetch('uploads').catch(() => null);
	if (!response?.ok) {
		again = setTimeout(refreshFinished, 5000);
		empty.textContent = 'The list can’t be had at the moment.';
		empty.hidden = false;
		return;
	}
	const uploads = await response.json();
	list.replaceChildren();
	uploads.forEach(show);
	empty.textContent = 'Nothing yet.';
	empty.hidden = uploads.length > 0;
}

function show({ id, filename, size, finished }) {
	const item = addItem('finished');
	const url = `files/${id}`;
	const link = item.querySelector('.name');
	link.textContent = filename;
	link.href = url;
	link.download = filename;
	item.querySelector('.state').textContent = `${formatSize(size)} · ${formatTime(finished)}`;
	item.querySelector('.delete').setAttribute('aria-label', `Delete ${filename}`);
	item.querySelector('.delete').addEventListener('click', async () => {
		const headers = { 'Tus-Resumable': '1.0.0' };
		const response = await fetch(url, { method: 'DELETE', headers }).catch(() => null);
		if (response?.ok || [404, 410].includes(response?.status)) {
			announce(`${filename} deleted`);
			await refreshFinished();
		}
		else {
			item.querySelector('.state').textContent = 'It can’t be deleted at the moment.';
			announce(`${filename} can’t be deleted at the moment`);
		}
	});
}
