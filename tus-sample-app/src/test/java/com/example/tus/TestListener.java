package com.example.tus;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;

import org.springframework.context.event.EventListener;

/**
 * Notes the attempts for each file, and fails or refuses where the file's name asks for
 * it.
 */
class TestListener {

	private final Map<String, List<Integer>> attempts = new ConcurrentHashMap<>();

	@EventListener
	void completed(TusUploadCompletedEvent event) {
		String filename = String.valueOf(event.upload().metadata().filename());
		this.attempts.computeIfAbsent(filename, (key) -> new CopyOnWriteArrayList<>()).add(event.attempt());
		if (filename.startsWith("fails-once") && event.attempt() == 1) {
			throw new IllegalStateException("The archive is not there");
		}
		if (filename.startsWith("refused")) {
			throw new UploadRejectedException(422, "No cats, please.");
		}
	}

	List<Integer> attempts(String filename) {
		return this.attempts.getOrDefault(filename, List.of());
	}

}
