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

package io.github.tusspring.storage.s3;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * The protocol by which instances of an application hand an upload on S3 over to each
 * other and finish it, as a machine with few states, all of which can be looked at. Two
 * instances append a unit of bytes at a time and deliver the full upload. Any of them may
 * stand still at any step for as long as it likes, or crash and come back under another
 * name; a request may be done and its answer be lost, be done twice, or be done much
 * later, when nobody waits for it any more.
 * <p>
 * It follows {@link StoredUpload}, {@link S3UploadWriter} and {@link ContentAssembly}:
 * every change of the manifest names the version that it replaces; whoever isn't its
 * holder takes a generation and numbers for parts of its own first; bytes are
 * acknowledged once the manifest names their part; the content is put together before it
 * is delivered, and once however often that is asked for.
 */
final class HandOverModel {

	/**
	 * The number of units that the full upload has.
	 */
	private static final int LENGTH = 2;

	private static final int NUMBERS = 2;

	private static final int SESSIONS = 2;

	private final Set<Rule> broken;

	private final int faults;

	private final Set<State> seen = new HashSet<>();

	/**
	 * What was in the store when all instances stood still.
	 */
	private final Set<State> recovered = new HashSet<>();

	private final Deque<State> open = new ArrayDeque<>();

	/**
	 * Creates a model.
	 * @param faults how many answers are lost, requests repeated or delayed at most
	 * @param broken the rules that the instances don't keep
	 */
	HandOverModel(int faults, Rule... broken) {
		this.faults = faults;
		this.broken = EnumSet.noneOf(Rule.class);
		this.broken.addAll(List.of(broken));
	}

	private boolean keeps(Rule rule) {
		return !this.broken.contains(rule);
	}

	/**
	 * Looks at every state that can be reached.
	 * @return how many there are
	 * @throws Violation if there is one in which something that was promised isn't so
	 */
	int check() {
		reach(State.initial(this.faults));
		while (!this.open.isEmpty()) {
			State state = this.open.poll();
			checkPromises(state);
			checkRecovery(state);
			step(state);
		}
		return this.seen.size();
	}

	private void reach(State state) {
		if (this.seen.add(state)) {
			this.open.add(state);
		}
	}

	private static void checkPromises(State state) {
		Manifest manifest = state.manifest;
		require(manifest.values().startsWith(state.acknowledged), "An acknowledged byte is lost or changed", state);
		require(state.told == 0 || (manifest.completed && manifest.answer == state.told),
				"A client was told what isn't so", state);
		require(!manifest.completed || state.delivered > 0, "An upload was completed and never delivered", state);
	}

	/**
	 * Whatever has happened, one instance that comes afterwards and is left alone goes on
	 * to the end, also where late requests are done meanwhile.
	 */
	private void checkRecovery(State state) {
		State left = state.withoutInstances();
		if (!this.recovered.add(left)) {
			return;
		}
		for (int late = 0; late < (state.late.isEmpty() ? 1 : 3); late++) {
			State next = (late == 0) ? doLate(left) : left;
			next = next.with('R', new Instance('R', Step.IDLE, null, 0, 0, null, 2 * LENGTH + 2, 0)).withExpired(true);
			for (int i = 0; i < 30 && !next.manifest.completed; i++) {
				next = alone(next);
				if (late == 1 && i == 4) {
					next = doLate(next);
				}
			}
			require(next.manifest.completed && next.delivered > 0, "The upload can't be finished any more", state);
			checkPromises(next);
		}
	}

	private State alone(State state) {
		Instance instance = state.instance('R');
		List<State> next = new ArrayList<>();
		advance(state.withFaults(0), instance, next);
		require(!next.isEmpty(), "Nothing can be done any more", state);
		return next.get(0);
	}

	private State doLate(State state) {
		State next = state;
		while (!next.late.isEmpty()) {
			next = execute(next, next.late.get(0));
		}
		return next;
	}

	private void step(State state) {
		List<State> next = new ArrayList<>();
		for (Instance instance : state.instances) {
			advance(state, instance, next);
			if (Character.isUpperCase(instance.name) && instance.step != Step.IDLE) {
				// It comes back with nothing in memory, under another name.
				next.add(state.with(instance.name, new Instance(Character.toLowerCase(instance.name), Step.IDLE, null,
						0, 0, null, instance.sessions, 0)));
			}
		}
		for (Late late : state.late) {
			next.add(execute(state, late));
		}
		if (!state.expired && state.manifest.claimed) {
			next.add(state.withExpired(true));
		}
		next.forEach(this::reach);
	}

	private void advance(State state, Instance me, List<State> next) {
		switch (me.step) {
			case IDLE -> begin(state, me, next);
			case TAKE -> write(state, me, Rule.CONDITION_ON_TAKE_OVER, take(me), Step.SEND, next);
			case CLAIM -> write(state, me, Rule.CONDITION_ON_CLAIM, me.known.take(me.name, me.known.lastNumber).claim(),
					Step.COMPLETE, next);
			case SEND -> send(state, me, next);
			case RECORD -> record(state, me, next);
			case ACKNOWLEDGE -> acknowledge(state, me, next);
			case COMPLETE -> complete(state, me, next);
			case DELIVER -> deliver(state, me, next);
			case SETTLE -> write(state, me, Rule.CONDITION_ON_SETTLEMENT, me.known.settle(me.name), Step.TELL, next);
			case TELL -> next.add(state.tell(me.name).with(me.name, me.idle()));
			case READ_BACK_RECORD -> readBack(state, me, Step.ACKNOWLEDGE, next);
			case READ_BACK_SETTLEMENT -> readBack(state, me, Step.TELL, next);
		}
	}

	private void begin(State state, Instance me, List<State> next) {
		if (me.sessions == 0 || state.manifest.completed) {
			return;
		}
		Instance begun = me.begin();
		if (me.known != null && me.known.holder == me.name && !me.known.isFull()) {
			// What it remembers may be out of date.
			next.add(state.with(me.name, begun.at(Step.SEND)));
		}
		Manifest found = state.manifest;
		Instance looked = begun.knows(found);
		if (!found.isFull()) {
			boolean remembered = found.holder == me.name
					&& (me.known != null || !keeps(Rule.NUMBERS_OUT_OF_MEMORY_ONLY));
			next.add(state.with(me.name, looked.at(remembered ? Step.SEND : Step.TAKE)));
		}
		else if (!found.claimed || state.expired || found.holder == me.name) {
			next.add(state.with(me.name, looked.at(Step.CLAIM)));
		}
	}

	/**
	 * Makes the instance the holder, with numbers for parts that nobody else has: all of
	 * them if it begins a multipart upload of its own.
	 */
	private Manifest take(Instance me) {
		Manifest known = me.known;
		int last = (known.multipart == 0 && known.holder != me.name) ? 0 : known.lastNumber;
		return known.take(me.name, (keeps(Rule.NUMBERS_OF_ITS_OWN) ? last : known.parts.size()) + NUMBERS);
	}

	private void write(State state, Instance me, Rule condition, Manifest change, Step then, List<State> next) {
		Manifest written = change.next(me.name, me.writes + 1);
		Instance wrote = me.wrote();
		boolean allowed = !keeps(condition) || state.manifest.version == me.known.version;
		State done = allowed ? state.withManifest(written) : state;
		if (allowed) {
			Instance holder = wrote.knows(written);
			next.add(done.with(me.name,
					((then == Step.SEND) ? holder.numberedFrom(written.lastNumber - NUMBERS) : holder).at(then)));
		}
		else {
			// Refused, and what it knows is not renewed.
			next.add(state.with(me.name, wrote.idle()));
		}
		if (state.faults > 0) {
			// Done, but the answer is lost; the same once more is refused, so that it
			// has to be looked what was stored.
			Step readBack = switch (then) {
				case ACKNOWLEDGE -> Step.READ_BACK_RECORD;
				case TELL -> Step.READ_BACK_SETTLEMENT;
				default -> Step.IDLE;
			};
			next.add(done.fault().with(me.name, wrote.at(readBack).unsure()));
			// Done, and nobody hears of it.
			next.add(done.fault().with(me.name, wrote.forget().idle()));
			// Done later.
			next.add(state.fault()
				.withLate(new Late(written, keeps(condition) ? me.known.version : -1, null, 0))
				.with(me.name, wrote.forget().idle()));
		}
	}

	private void readBack(State state, Instance me, Step then, List<State> next) {
		boolean mine = state.manifest.writer == me.name && state.manifest.write == me.writes;
		next.add(state.with(me.name, mine ? me.knows(state.manifest).at(then) : me.forget().idle()));
	}

	private void send(State state, Instance me, List<State> next) {
		int multipart = me.known.multipart;
		State opened = state;
		if (multipart == 0) {
			multipart = state.multiparts.size() + 1;
			opened = state.withMultipart();
		}
		if (me.number >= me.known.lastNumber) {
			next.add(state.with(me.name, me.idle()));
			return;
		}
		Part part = new Part(me.number + 1, me.name, me.writes + 1);
		Instance sent = me.sent(part, multipart);
		State done = opened.withPart(multipart, part);
		next.add(done.with(me.name,
				sent.at(keeps(Rule.RECORD_BEFORE_ACKNOWLEDGEMENT) ? Step.RECORD : Step.ACKNOWLEDGE)));
		if (state.faults > 0) {
			Late again = new Late(null, 0, part, multipart);
			// Once more, later.
			next.add(done.fault().withLate(again).with(me.name, sent.at(Step.RECORD)));
			// Later only, when nobody waits for it.
			next.add(opened.fault().withLate(again).with(me.name, sent.idle()));
		}
	}

	private void record(State state, Instance me, List<State> next) {
		if (me.sent == null) {
			next.add(state.with(me.name, me.idle()));
			return;
		}
		Manifest change = me.known.record(me.sent, me.multipart);
		write(state, me, Rule.CONDITION_ON_RECORD, change.isFull() ? change.claim() : change, Step.ACKNOWLEDGE, next);
	}

	private void acknowledge(State state, Instance me, List<State> next) {
		Manifest known = me.known;
		if (!keeps(Rule.RECORD_BEFORE_ACKNOWLEDGEMENT) && me.sent != null) {
			known = known.record(me.sent, me.multipart);
			next.add(state.acknowledge(known.values()).with(me.name, me.at(Step.RECORD)));
			return;
		}
		Instance acknowledged = me.withoutSent();
		if (known.isFull()) {
			// The client hears only when it is delivered.
			next.add(state.with(me.name, acknowledged.at(Step.COMPLETE)));
		}
		else {
			next.add(state.acknowledge(known.values()).with(me.name, acknowledged.idle()));
		}
	}

	private void complete(State state, Instance me, List<State> next) {
		if (!keeps(Rule.CONTENT_BEFORE_DELIVERY)) {
			next.add(state.with(me.name, me.at(Step.DELIVER)));
			return;
		}
		State done = state.complete(me.known);
		boolean there = done.object != null && (keeps(Rule.COMPLETION_MAY_BE_REPEATED) || state.object == null);
		next.add(done.with(me.name, there ? me.at(Step.DELIVER) : me.idle()));
		if (state.faults > 0) {
			next.add(done.fault().with(me.name, me.idle()));
		}
	}

	private static void deliver(State state, Instance me, List<State> next) {
		require(me.known.values().equals(state.object), "The application got other bytes than were acknowledged",
				state);
		next.add(state.deliver().with(me.name, me.at(Step.SETTLE)));
	}

	private static State execute(State state, Late late) {
		State next = state.withoutLate(late);
		if (late.part != null) {
			return next.withPart(late.multipart, late.part);
		}
		return (late.condition == -1 || late.condition == state.manifest.version) ? next.withManifest(late.manifest)
				: next;
	}

	private static void require(boolean condition, String promise, State state) {
		if (!condition) {
			throw new Violation(promise + ": " + state);
		}
	}

	/**
	 * The rules without which the protocol would break promises.
	 */
	enum Rule {

		CONDITION_ON_TAKE_OVER, CONDITION_ON_RECORD, CONDITION_ON_CLAIM, CONDITION_ON_SETTLEMENT, NUMBERS_OF_ITS_OWN,
		NUMBERS_OUT_OF_MEMORY_ONLY, RECORD_BEFORE_ACKNOWLEDGEMENT, CONTENT_BEFORE_DELIVERY, COMPLETION_MAY_BE_REPEATED

	}

	/**
	 * A promise that is broken.
	 */
	static final class Violation extends RuntimeException {

		Violation(String message) {
			super(message);
		}

	}

	private enum Step {

		IDLE, TAKE, CLAIM, SEND, RECORD, ACKNOWLEDGE, COMPLETE, DELIVER, SETTLE, TELL, READ_BACK_RECORD,
		READ_BACK_SETTLEMENT

	}

	/**
	 * A part: the name of the instance stands for its bytes, and both with the time of
	 * its sending for its tag.
	 */
	private record Part(int number, char value, int tag) {
	}

	/**
	 * A request that is still on its way: a manifest or a part.
	 */
	private record Late(Manifest manifest, int condition, Part part, int multipart) {
	}

	private record Manifest(int version, char writer, int write, char holder, int lastNumber, int multipart,
			List<Part> parts, boolean claimed, boolean completed, char answer) {

		String values() {
			StringBuilder values = new StringBuilder();
			this.parts.forEach((part) -> values.append(part.value));
			return values.toString();
		}

		boolean isFull() {
			return this.parts.size() >= LENGTH;
		}

		Manifest take(char name, int lastNumber) {
			return new Manifest(this.version, this.writer, this.write, name, lastNumber, this.multipart, this.parts,
					this.claimed, this.completed, this.answer);
		}

		Manifest claim() {
			return new Manifest(this.version, this.writer, this.write, this.holder, this.lastNumber, this.multipart,
					this.parts, true, this.completed, this.answer);
		}

		Manifest record(Part part, int multipart) {
			List<Part> parts = new ArrayList<>(this.parts);
			parts.add(part);
			return new Manifest(this.version, this.writer, this.write, this.holder, this.lastNumber, multipart,
					List.copyOf(parts), this.claimed, this.completed, this.answer);
		}

		Manifest settle(char answer) {
			return new Manifest(this.version, this.writer, this.write, this.holder, this.lastNumber, this.multipart,
					this.parts, false, true, answer);
		}

		Manifest next(char writer, int write) {
			return new Manifest(this.version + 1, writer, write, this.holder, this.lastNumber, this.multipart,
					this.parts, this.claimed, this.completed, this.answer);
		}

	}

	private record Instance(char name, Step step, Manifest known, int number, int multipart, Part sent, int sessions,
			int writes) {

		Instance at(Step step) {
			return new Instance(this.name, step, this.known, this.number, this.multipart, this.sent, this.sessions,
					this.writes);
		}

		Instance idle() {
			return at(Step.IDLE).withoutSent();
		}

		Instance begin() {
			return new Instance(this.name, this.step, this.known, this.number, this.multipart, null, this.sessions - 1,
					this.writes);
		}

		Instance knows(Manifest known) {
			return new Instance(this.name, this.step, known, this.number, this.multipart, this.sent, this.sessions,
					this.writes);
		}

		Instance forget() {
			return knows(null);
		}

		Instance unsure() {
			return (this.step == Step.IDLE) ? forget().idle() : this;
		}

		Instance numberedFrom(int number) {
			return new Instance(this.name, this.step, this.known, number, this.multipart, this.sent, this.sessions,
					this.writes);
		}

		Instance wrote() {
			return new Instance(this.name, this.step, this.known, this.number, this.multipart, this.sent, this.sessions,
					this.writes + 1);
		}

		Instance sent(Part part, int multipart) {
			return new Instance(this.name, this.step, this.known, part.number, multipart, part, this.sessions,
					this.writes + 1);
		}

		Instance withoutSent() {
			return new Instance(this.name, this.step, this.known, this.number, this.multipart, null, this.sessions,
					this.writes);
		}

	}

	/**
	 * What is in the store, on its way, and in the memory of the instances, and what
	 * clients and the application have heard.
	 */
	private record State(Manifest manifest, List<TreeMap<Integer, Part>> multiparts, String object,
			List<Instance> instances, List<Late> late, boolean expired, String acknowledged, char told, int delivered,
			int faults) {

		static State initial(int faults) {
			Manifest manifest = new Manifest(1, 'A', 0, 'A', NUMBERS, 0, List.of(), false, false, (char) 0);
			return new State(manifest, List.of(), null,
					List.of(new Instance('A', Step.IDLE, manifest, 0, 0, null, SESSIONS, 0),
							new Instance('B', Step.IDLE, null, 0, 0, null, SESSIONS, 0)),
					List.of(), false, "", (char) 0, 0, faults);
		}

		Instance instance(char name) {
			return this.instances.stream().filter((instance) -> instance.name == name).findFirst().orElseThrow();
		}

		State with(char name, Instance changed) {
			List<Instance> instances = new ArrayList<>();
			boolean found = false;
			for (Instance instance : this.instances) {
				instances.add((instance.name == name) ? changed : instance);
				found |= instance.name == name;
			}
			if (!found) {
				instances.add(changed);
			}
			return new State(this.manifest, this.multiparts, this.object, List.copyOf(instances), this.late,
					this.expired, this.acknowledged, this.told, this.delivered, this.faults);
		}

		State withManifest(Manifest manifest) {
			boolean claimed = manifest.claimed && !this.manifest.claimed;
			return new State(manifest, this.multiparts, this.object, this.instances, this.late,
					this.expired && !claimed, this.acknowledged, this.told, this.delivered, this.faults);
		}

		State withExpired(boolean expired) {
			return new State(this.manifest, this.multiparts, this.object, this.instances, this.late, expired,
					this.acknowledged, this.told, this.delivered, this.faults);
		}

		private State withMultiparts(UnaryOperator<List<TreeMap<Integer, Part>>> change) {
			return new State(this.manifest, change.apply(new ArrayList<>(this.multiparts)), this.object, this.instances,
					this.late, this.expired, this.acknowledged, this.told, this.delivered, this.faults);
		}

		State withMultipart() {
			return withMultiparts((all) -> {
				all.add(new TreeMap<>());
				return all;
			});
		}

		/**
		 * Stores a part, in place of one with the same number. Does nothing when the
		 * multipart upload is complete.
		 */
		State withPart(int multipart, Part part) {
			return withMultiparts((all) -> {
				if (all.get(multipart - 1) != null) {
					TreeMap<Integer, Part> parts = new TreeMap<>(all.get(multipart - 1));
					parts.put(part.number, part);
					all.set(multipart - 1, parts);
				}
				return all;
			});
		}

		/**
		 * Puts an object together, if all parts are there and are those that are named.
		 */
		State complete(Manifest manifest) {
			TreeMap<Integer, Part> there = this.multiparts.get(manifest.multipart - 1);
			if (there == null || !manifest.parts.stream().allMatch((part) -> part.equals(there.get(part.number)))) {
				return this;
			}
			State done = withMultiparts((all) -> {
				all.set(manifest.multipart - 1, null);
				return all;
			});
			return new State(this.manifest, done.multiparts, manifest.values(), this.instances, this.late, this.expired,
					this.acknowledged, this.told, this.delivered, this.faults);
		}

		State withLate(Late request) {
			List<Late> late = new ArrayList<>(this.late);
			late.add(request);
			return new State(this.manifest, this.multiparts, this.object, this.instances, List.copyOf(late),
					this.expired, this.acknowledged, this.told, this.delivered, this.faults);
		}

		State withoutLate(Late request) {
			List<Late> late = new ArrayList<>(this.late);
			late.remove(request);
			return new State(this.manifest, this.multiparts, this.object, this.instances, List.copyOf(late),
					this.expired, this.acknowledged, this.told, this.delivered, this.faults);
		}

		State acknowledge(String values) {
			return new State(this.manifest, this.multiparts, this.object, this.instances, this.late, this.expired,
					(values.length() > this.acknowledged.length()) ? values : this.acknowledged, this.told,
					this.delivered, this.faults);
		}

		State tell(char answer) {
			return new State(this.manifest, this.multiparts, this.object, this.instances, this.late, this.expired,
					this.manifest.values(), answer, this.delivered, this.faults);
		}

		State deliver() {
			return new State(this.manifest, this.multiparts, this.object, this.instances, this.late, this.expired,
					this.acknowledged, this.told, Math.min(2, this.delivered + 1), this.faults);
		}

		State withoutInstances() {
			return new State(this.manifest, this.multiparts, this.object, List.of(), this.late, true, this.acknowledged,
					this.told, this.delivered, 0);
		}

		State fault() {
			return withFaults(this.faults - 1);
		}

		State withFaults(int faults) {
			return new State(this.manifest, this.multiparts, this.object, this.instances, this.late, this.expired,
					this.acknowledged, this.told, this.delivered, faults);
		}

	}

}
