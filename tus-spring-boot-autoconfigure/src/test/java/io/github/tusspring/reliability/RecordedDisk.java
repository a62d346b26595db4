/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package io.github.tusspring.reliability;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What was written to one directory, step by step, with what was forced: says what a disk
 * may have on it when the power fails after any of the steps. The bytes of a file reach
 * the disk in their order, if at all; files and entries of the directory independently of
 * each other. Only what was forced is sure to be there.
 */
final class RecordedDisk {

	private final List<Step> steps = new ArrayList<>();

	private final Map<String, Integer> names = new HashMap<>();

	private int files;

	synchronized int size() {
		return this.steps.size();
	}

	synchronized void create(String name) {
		this.names.put(name, this.files++);
		entry(null, name, this.names.get(name));
	}

	synchronized void link(String name, String existing) {
		this.names.put(name, this.names.get(existing));
		entry(null, name, this.names.get(name));
	}

	synchronized void rename(String from, String to) {
		int file = this.names.remove(from);
		this.names.put(to, file);
		entry(from, to, file);
	}

	synchronized void delete(String name) {
		this.names.remove(name);
		entry(name, null, -1);
	}

	private void entry(String removed, String added, int file) {
		this.steps.add(new Step(Kind.ENTRY, file, 0, null, removed, added));
	}

	/**
	 * Returns the number of the file that has the given name now: it stays the file's,
	 * whatever becomes of the name.
	 */
	synchronized int file(String name) {
		return this.names.get(name);
	}

	synchronized void write(int file, long position, byte[] bytes) {
		this.steps.add(new Step(Kind.WRITE, file, position, bytes, null, null));
	}

	synchronized void truncate(int file, long size) {
		this.steps.add(new Step(Kind.TRUNCATE, file, size, null, null, null));
	}

	synchronized void force(int file) {
		this.steps.add(new Step(Kind.FORCE, file, 0, null, null, null));
	}

	synchronized void forceDirectory() {
		this.steps.add(new Step(Kind.FORCE_DIRECTORY, -1, 0, null, null, null));
	}

	/**
	 * Writes to a directory what may be on the disk after a number of steps.
	 * @param count the number of steps
	 * @param survival which of the unforced steps have reached the disk
	 * @param directory an empty directory
	 */
	void restore(int count, Survival survival, Path directory) throws IOException {
		Map<Integer, Integer> kept = new HashMap<>();
		Map<String, Integer> entries = new HashMap<>();
		List<Step> unforced = new ArrayList<>();
		Map<Integer, Integer> written = new HashMap<>();
		for (int i = 0; i < count; i++) {
			Step step = this.steps.get(i);
			switch (step.kind) {
				case ENTRY -> unforced.add(step);
				case FORCE_DIRECTORY -> {
					unforced.forEach((change) -> change.apply(entries));
					unforced.clear();
				}
				case FORCE -> kept.put(step.file, written.getOrDefault(step.file, 0));
				default -> written.merge(step.file, 1, Integer::sum);
			}
		}
		unforced.stream().filter((change) -> survival.entrySurvives()).forEach((change) -> change.apply(entries));
		written
			.forEach((file, all) -> kept.merge(file, survival.surviving(kept.getOrDefault(file, 0), all), Math::max));
		for (Map.Entry<String, Integer> entry : entries.entrySet()) {
			Files.write(directory.resolve(entry.getKey()),
					content(entry.getValue(), kept.getOrDefault(entry.getValue(), 0), count));
		}
	}

	private byte[] content(int file, int writes, int count) {
		byte[] content = new byte[0];
		int done = 0;
		for (int i = 0; i < count && done < writes; i++) {
			Step step = this.steps.get(i);
			if (step.file == file && (step.kind == Kind.WRITE || step.kind == Kind.TRUNCATE)) {
				content = step.apply(content);
				done++;
			}
		}
		return content;
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < this.steps.size(); i++) {
			Step step = this.steps.get(i);
			text.append(i + 1).append(": ").append(step).append('\n');
		}
		return text.toString();
	}

	private enum Kind {

		WRITE, TRUNCATE, FORCE, ENTRY, FORCE_DIRECTORY

	}

	private record Step(Kind kind, int file, long position, byte[] bytes, String removed, String added) {

		private void apply(Map<String, Integer> entries) {
			if (this.removed != null) {
				entries.remove(this.removed);
			}
			if (this.added != null) {
				entries.put(this.added, this.file);
			}
		}

		private byte[] apply(byte[] content) {
			if (this.kind == Kind.TRUNCATE) {
				return Arrays.copyOf(content, (int) Math.min(content.length, this.position));
			}
			byte[] result = Arrays.copyOf(content, (int) Math.max(content.length, this.position + this.bytes.length));
			System.arraycopy(this.bytes, 0, result, (int) this.position, this.bytes.length);
			return result;
		}

		@Override
		public String toString() {
			return this.kind + " file " + this.file
					+ ((this.kind == Kind.ENTRY) ? " -" + this.removed + " +" + this.added : " " + this.position)
					+ ((this.bytes != null) ? " " + this.bytes.length + " bytes" : "");
		}

	}

	/**
	 * Decides what of the unforced has reached the disk.
	 */
	record Survival(String name, Random random, boolean entries, boolean writes) {

		static List<Survival> all(long seed) {
			List<Survival> all = new ArrayList<>(List.of(new Survival("nothing", null, false, false),
					new Survival("everything", null, true, true), new Survival("entries only", null, true, false),
					new Survival("bytes only", null, false, true)));
			for (int i = 0; i < Integer.getInteger("power.states", 2); i++) {
				all.add(new Survival("random " + (seed + i), new Random(seed + i), false, false));
			}
			return all;
		}

		private boolean entrySurvives() {
			return (this.random != null) ? this.random.nextBoolean() : this.entries;
		}

		private int surviving(int forced, int all) {
			if (this.random != null) {
				return forced + this.random.nextInt(all - forced + 1);
			}
			return this.writes ? all : forced;
		}

	}

}
