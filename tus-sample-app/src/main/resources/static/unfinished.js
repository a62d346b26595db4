/* SPDX-License-Identifier: Apache-2.0 */
import { DOCUMENTS, FILES } from './active-upload.js';
import { followNewest } from './follow.js';
import { formatSize, formatTime } from './format.js';
import { Rate } from './rate.js';
import { addItem, announce, moveItem, removeItem, showProgress } from './view.js';

const PREFIX = 'tus::';

/** After so many milliseconds without a byte nobody sends the upload: the server looks every 3 seconds at least. */
const SILENCE = 5000;

const storage = tus.defaultOptions.urlStorage;
const uploads = new Map();

/** Offers what an earlier visit to this page has left unfinished, and shows what other tabs upload. */
export async function showUnfinished(callbacks) {
	addEventListener('storage', ({ key, newValue }) => {
		if (key?.startsWith(PREFIX) && newValue) {
			show({ ...JSON.parse(newValue), urlStorageKey: key }, callbacks);
		}
		else if (key?.startsWith(PREFIX)) {
			forget(key);
		}
	});
	document.addEventListener('visibilitychange', follow);
	for (const upload of await storage.findAllUploads()) {
		await show(upload, callbacks);
	}
}

/** Takes an upload that goes on here, or is over, off the list. */
export function forget(key) {
	uploads.get(key)?.remove();
	uploads.delete(key);
	follow();
}

async function show(stored, callbacks) {
	const key = stored.urlStorageKey;
	const urls = stored.parallelUploadUrls ?? [stored.uploadUrl];
	const states = await Promise.all(urls.map(inspect));
	if (states.includes('gone')) {
		await storage.removeUpload(key);
	}
	const offset = states.reduce((sum, state) => sum + state, 0);
	if (uploads.has(key) || !states.every(Number.isFinite) || (urls.length === 1 && offset === stored.size)) {
		return;
	}
	uploads.set(key, new UnfinishedUpload(stored, urls, offset, callbacks));
	follow();
}

function follow() {
	followNewest([...uploads.values()].filter((upload) => upload.url));
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

/** An upload that this tab doesn't send: another one does, or nobody. */
class UnfinishedUpload {

	#stored;
	#urls;
	#offset;
	#callbacks;
	#item = addItem('unfinished');
	#list = 'unfinished';
	#rate = new Rate();
	#silence;

	constructor(stored, urls, offset, callbacks) {
		this.#stored = stored;
		this.#urls = urls;
		this.#offset = offset;
		this.#callbacks = callbacks;
		this.#find('.name').textContent = this.#name;
		this.#find('.size').textContent = formatSize(stored.size);
		this.#find('.bar').setAttribute('aria-label', this.#name);
		this.#find('.choose input').setAttribute('aria-label', `Choose ${this.#name} again`);
		this.#find('.choose input').addEventListener('change', (event) => this.#choose(event.target));
		this.#find('.discard').setAttribute('aria-label', `Discard ${this.#name}`);
		this.#find('.discard').addEventListener('click', () => this.#discard());
		this.#rest();
	}

	/** Where the upload can be followed: not the parts of one that goes over several connections. */
	get url() {
		return (this.#urls.length === 1) ? this.#urls[0] : undefined;
	}

	get created() {
		return Date.parse(this.#stored.creationTime);
	}

	/** Shows what the server tells of the upload. */
	told(event, { offset }) {
		const grown = offset > this.#offset;
		this.#offset = offset;
		switch (event) {
			case 'progress':
				if (grown) {
					this.#run();
				}
				break;
			case 'delivering':
				showProgress(this.#item, offset, this.#stored.size);
				this.#showElsewhere('Finishing …');
				clearTimeout(this.#silence);
				break;
			case 'completed':
				this.#over('finished');
				this.#callbacks.onFinished();
				break;
			case 'rejected':
				this.#over('was refused');
				break;
			case 'terminated':
				this.#over('was removed');
				break;
			case 'expired':
				this.#over('has expired');
				break;
		}
	}

	/** Looks whether the upload is still there, since the server tells nothing more of it. */
	async lost() {
		if (await inspect(this.url) === 'gone') {
			await storage.removeUpload(this.#stored.urlStorageKey);
			this.#over('was removed');
		}
	}

	remove() {
		clearTimeout(this.#silence);
		removeItem(this.#list, this.#item);
	}

	get #name() {
		return this.#stored.metadata.filename;
	}

	#find(selector) {
		return this.#item.querySelector(selector);
	}

	#move(list) {
		if (this.#list !== list) {
			moveItem(this.#list, list, this.#item);
			this.#list = list;
		}
	}

	/** Nobody sends the upload. */
	#rest(hint = '') {
		this.#rate.reset();
		this.#move('unfinished');
		this.#item.className = 'item';
		this.#find('.actions').hidden = false;
		const percent = showProgress(this.#item, this.#offset, this.#stored.size);
		this.#find('.state').textContent = `${hint}${percent} % · started ${formatTime(this.#stored.creationTime)}`;
	}

	/** Another tab sends the upload. */
	#run() {
		const rate = this.#rate.add(this.#offset);
		const percent = showProgress(this.#item, this.#offset, this.#stored.size);
		this.#showElsewhere([`${percent} %`, rate && `${formatSize(rate)}/s`].filter(Boolean).join(' · '));
		clearTimeout(this.#silence);
		this.#silence = setTimeout(() => this.#rest(), SILENCE);
	}

	#showElsewhere(text) {
		this.#move('elsewhere');
		this.#item.className = 'item running';
		this.#find('.actions').hidden = true;
		this.#find('.state').textContent = text;
	}

	#over(how) {
		announce(`${this.#name} ${how}`);
		forget(this.#stored.urlStorageKey);
	}

	async #choose(input) {
		const [file] = input.files;
		input.value = '';
		const endpoint = this.#urls[0].startsWith(`${DOCUMENTS}/`) ? DOCUMENTS : FILES;
		const fingerprint = await tus.defaultOptions.fingerprint(file, { endpoint });
		const same = await storage.findUploadsByFingerprint(fingerprint);
		if (same.some((other) => other.urlStorageKey === this.#stored.urlStorageKey)) {
			this.#callbacks.onFile(file, endpoint);
		}
		else {
			this.#rest('This is another file, or it has changed. ');
			announce(`This is not ${this.#name}, or it has changed`);
		}
	}

	async #discard() {
		await Promise.allSettled(this.#urls.map((url) => tus.Upload.terminate(url)));
		await storage.removeUpload(this.#stored.urlStorageKey);
		this.#over('discarded');
	}

}
