import { ActiveUpload } from './active-upload.js';
import { refreshFinished } from './finished.js';
import { forget, showUnfinished } from './unfinished.js';

const dropZone = document.querySelector('#drop-zone');
const chooser = document.querySelector('#files');
const parallel = document.querySelector('#parallel');

async function add(file) {
	const upload = new ActiveUpload(file, { parallel: parallel.checked, onFinished: refreshFinished });
	const resumed = await upload.start();
	if (resumed) {
		forget(resumed);
	}
}

chooser.addEventListener('change', () => {
	[...chooser.files].forEach(add);
	chooser.value = '';
});

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

document.addEventListener('drop', (event) => {
	event.preventDefault();
	dropZone.classList.remove('over');
	[...event.dataTransfer.files].forEach(add);
});

showUnfinished(add);
refreshFinished();
