/* SPDX-License-Identifier: Apache-2.0 */
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

export function formatSize(bytes) {
	let value = bytes;
	let unit = 0;
	while (value >= 999.5 && unit < UNITS.length - 1) {
		value /= 1000;
		unit++;
	}
	return `${value.toLocaleString('en', { maximumFractionDigits: (unit > 0 && value < 100) ? 1 : 0 })} ${UNITS[unit]}`;
}

export function formatDuration(seconds) {
	if (seconds < 60) {
		return `${Math.max(1, Math.round(seconds))} s`;
	}
	if (seconds < 3600) {
		return `${Math.round(seconds / 60)} min`;
	}
	return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export function formatTime(time) {
	const date = new Date(time);
	const today = new Date().toDateString() === date.toDateString();
	return today ? `today, ${date.toLocaleTimeString([], { timeStyle: 'short' })}`
		: date.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}
