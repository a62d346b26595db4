/* SPDX-License-Identifier: Apache-2.0 */
import { formatDuration, formatSize } from './format.js';
import { Rate } from './rate.js';
import { endTurn, takeTurn } from './turns.js';
import { addItem, announce, messageOf, removeItem, showProgress } from './view.js';

export const FILES = new URL('files', document.baseURI).href;

export const DOCUMENTS = new URL('documents', document.baseURI).href;

const RETRY_DELAYS = [0, 1000, 2000, 5000, 10000, 20000, 30000];

/** One file on its way, and its item on the page. */
export class ActiveUpload {

	#file;
	#item;
	#upload;
	#onFinished;
	#rate = new Rate();
	#running = false;
	#turn = { connections: 1, start: () => this.#begin() };
	#cancelled = false;
	#removed = new AbortController();

	constructor(file, { endpoint, parallel, onFinished }) {
		this.#file = file;
		this.#onFinished = onFinished;
		this.#item = addItem('active');
		this.#item.querySelector('.name').textContent = file.name;
		this.#item.querySelector('.size').textContent = formatSize(file.size);
		this.#item.querySelector('.bar').setAttribute('aria-label', file.name);
		this.#button('.pause').addEventListener('click', () => this.#pause());
		this.#button('.resume').addEventListener('click', () => this.#go());
		this.#button('.cancel').addEventListener('click', () => this.#cancel());
		addEventListener('online', () => {
			if (this.#item.classList.contains('offline')) {
				this.#go();
			}
		}, { signal: this.#removed.signal });
		this.#upload = new tus.Upload(file, {
			endpoint,
			metadata: { filename: file.name, filetype: file.type },
			retryDelays: RETRY_DELAYS,
			onProgress: (sent, total) => this.#progress(sent, total),
			onShouldRetry: (error) => this.#shouldRetry(error),
			onError: (error) => this.#fail(error),
			onSuccess: ({ lastResponse }) => this.#succeed(lastResponse),
		});
		this.#send((parallel && file.size > 0) ? 4 : 1);
	}

	/** Starts the upload, where an earlier one of the same file left off if there is one. */
	async start() {
		this.#show('running', 'Starting …');
		const [previous] = await this.#upload.findPreviousUploads();
		if (previous) {
			// It goes on over as many connections as it began with.
			this.#send(previous.parallelUploadUrls?.length ?? 1);
			this.#upload.resumeFromPreviousUpload(previous);
		}
		this.#go();
		return previous?.urlStorageKey;
	}

	#send(connections) {
		this.#turn.connections = connections;
		this.#upload.options.parallelUploads = connections;
		// A file that is sent again is found and done at once. But the parts of a parallel upload are gone by then, and
		// a document's answer is wanted each time.
		this.#upload.options.removeFingerprintOnSuccess = connections > 1 || this.#upload.options.endpoint !== FILES;
	}

	#button(selector) {
		return this.#item.querySelector(selector);
	}

	#label(selector, text) {
		this.#button(selector).textContent = text;
		this.#button(selector).setAttribute('aria-label', `${text} ${this.#file.name}`);
	}

	#show(state, text) {
		this.#item.querySelector('.state').textContent = text;
		if (this.#item.className === `item ${state}`) {
			return;
		}
		this.#item.className = `item ${state}`;
		const failed = state.startsWith('failed');
		const pause = this.#button('.pause');
		const resume = this.#button('.resume');
		const focused = [pause, resume].includes(document.activeElement);
		this.#running = ['queued', 'running', 'waiting'].includes(state);
		this.#label('.pause', 'Pause');
		this.#label('.resume', failed ? 'Try again' : 'Resume');
		this.#label('.cancel', failed ? 'Remove' : 'Cancel');
		pause.hidden = !this.#running;
		resume.hidden = this.#running;
		if (focused) {
			(this.#running ? pause : resume).focus();
		}
	}

	#go() {
		if (this.#cancelled) {
			return;
		}
		this.#show('queued', 'Waiting for others …');
		takeTurn(this.#turn);
	}

	#begin() {
		this.#rate.reset();
		this.#show('running', 'Connecting …');
		this.#upload.start();
	}

	#progress(sent, total) {
		if (!this.#running) {
			return;
		}
		const percent = showProgress(this.#item, sent, total);
		const rate = this.#rate.add(sent);
		const remaining = rate ? `${formatSize(rate)}/s · ${formatDuration((total - sent) / rate)} left` : '';
		this.#show('running', [`${percent} %`, (sent < total) ? remaining : 'Finishing …'].filter(Boolean).join(' · '));
	}

	#shouldRetry(error) {
		const status = error.originalResponse?.getStatus() ?? 0;
		const retry = (status < 400 || status >= 500 || status === 409 || status === 423) && navigator.onLine;
		if (retry) {
			this.#rate.reset();
			this.#show('waiting', status ? `${messageOf(error)} Trying again …` : 'Connection lost. Trying again …');
		}
		return retry;
	}

	#pause() {
		this.#upload.abort();
		endTurn(this.#turn);
		this.#show('paused', `Paused at ${this.#item.querySelector('.bar').getAttribute('aria-valuenow')} %`);
		announce(`${this.#file.name} paused`);
	}

	async #cancel() {
		this.#cancelled = true;
		endTurn(this.#turn);
		this.#show('paused', 'Cancelling …');
		this.#button('.resume').hidden = true;
		try {
			await this.#upload.abort(true);
		}
		catch (error) {
			// What the server has removed by itself needs no more.
			if (![404, 410].includes(error.originalResponse?.getStatus())) {
				// Not 'offline': it would go on by itself.
				this.#cancelled = false;
				this.#show('failed', messageOf(error));
				return;
			}
		}
		this.#remove();
		announce(`${this.#file.name} cancelled`);
	}

	#fail(error) {
		endTurn(this.#turn);
		const message = messageOf(error);
		this.#show(navigator.onLine ? 'failed' : 'failed offline', message);
		announce(`${this.#file.name}: ${message}`);
	}

	#succeed(response) {
		endTurn(this.#turn);
		this.#remove();
		announce(`${this.#file.name} finished`);
		this.#onFinished(response);
	}

	#remove() {
		this.#removed.abort();
		removeItem('active', this.#item);
	}

}
