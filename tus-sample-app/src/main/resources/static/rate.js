/* SPDX-License-Identifier: Apache-2.0 */
/** Bytes per second over the last few seconds. */
export class Rate {

	#samples = [];

	reset() {
		this.#samples = [];
	}

	add(sent) {
		const now = performance.now();
		this.#samples.push({ now, sent });
		while (now - this.#samples[0].now > 5000) {
			this.#samples.shift();
		}
		const first = this.#samples[0];
		return (now - first.now > 500) ? (sent - first.sent) * 1000 / (now - first.now) : 0;
	}

}
