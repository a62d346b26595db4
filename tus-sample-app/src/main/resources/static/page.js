/* SPDX-License-Identifier: Apache-2.0 */
import { ActiveUpload, DOCUMENTS, FILES } from './active-upload.js';
import { filesOf } from './dropped.js';
import { refreshFinished } from './finished.js';
import { forget, showUnfinished } from './unfinished.js';
import { addItem } from './view.js';

const dropZone = document.querySelector('#drop-zone');
const parallel = document.querySelector('#parallel');

async function add(file, endpoint) {
	const onFinished = (endpoint === FILES) ? refreshFinished : showAnswer;
	const upload = new ActiveUpload(file, { endpoint, parallel: parallel.checked, onFinished });
	const resumed = await upload.start();
	if (resumed) {
		forget(resumed);
	}
}

function showAnswer(response) {
	const answer = response.getBody();
	let text = answer;
	try {
		text = JSON.stringify(JSON.parse(answer), null, 2);
	}
	catch {
		// Shown as it is.
	}
	addItem('documents').querySelector('.answer').textContent = text;
}

function onChosen(selector, endpoint) {
	const chooser = document.querySelector(selector);
	chooser.addEventListener('change', () => {
		[...chooser.files].forEach((file) => add(file, endpoint));
		chooser.value = '';
	});
}

onChosen('#files', FILES);
onChosen('#document-files', DOCUMENTS);

// Files may be dropped anywhere, so that a drop that misses the zone does not leave the page.
document.addEventListener('dragover', (event) => {
	event.preventDefault();
	dropZone.classList.add('over');
});

document.addEventListener('dragleave', (event) => {
	if (!event.relatedTarget) {
		dropZone.classList.remove('over');
	}
});

document.addEventListener('drop', async (event) => {
	event.preventDefault();
	dropZone.classList.remove('over');
	const files = await filesOf(event.dataTransfer);
	files.forEach((file) => add(file, FILES));
});

showUnfinished({ onFile: add, onFinished: refreshFinished });
refreshFinished();
