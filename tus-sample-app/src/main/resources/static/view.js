/* SPDX-License-Identifier: Apache-2.0 */
const announcer = document.querySelector('#announcer');

/** Adds an item to one of the page's lists, and shows the list's section only while it has any. */
export function addItem(list) {
	const template = document.querySelector(`#${list}-template`);
	const item = template.content.firstElementChild.cloneNode(true);
	document.querySelector(`#${list}`).append(item);
	updateSection(list);
	return item;
}

/** Takes an item from one of the page's lists to another one. */
export function moveItem(from, to, item) {
	document.querySelector(`#${to}`).append(item);
	updateSection(from);
	updateSection(to);
}

export function removeItem(list, item) {
	item.remove();
	updateSection(list);
}

function updateSection(list) {
	const section = document.querySelector(`#${list}-section`);
	if (section) {
		section.hidden = !document.querySelector(`#${list}`).childElementCount;
	}
}

export function showProgress(item, sent, total) {
	const percent = total ? Math.floor((sent / total) * 100) : 0;
	const bar = item.querySelector('.bar');
	bar.setAttribute('aria-valuenow', percent);
	bar.firstElementChild.style.width = `${total ? (sent / total) * 100 : 0}%`;
	return percent;
}

/** Says something to those who listen to the page instead of looking at it. */
export function announce(text) {
	announcer.textContent = text;
}

/** What the server said, or that it said nothing. A proxy says it by a page, which is not to be read as text. */
export function messageOf(error) {
	const response = error.originalResponse;
	if (!response) {
		return navigator.onLine ? 'The server can’t be reached.' : 'There is no network.';
	}
	const isText = response.getHeader('Content-Type')?.startsWith('text/plain');
	return (isText && response.getBody()?.trim()) || `The server answered ${response.getStatus()}.`;
}
