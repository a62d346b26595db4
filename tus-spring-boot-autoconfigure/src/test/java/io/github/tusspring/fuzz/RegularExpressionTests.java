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

package io.github.tusspring.fuzz;

import java.lang.reflect.Field;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Regular expressions meet what clients say: none may need a stack that grows with the
 * input, or look at a character again and again.
 */
@AnalyzeClasses(packages = "io.github.tusspring", importOptions = ImportOption.DoNotIncludeTests.class)
class RegularExpressionTests {

	private static final int LENGTH = 60 * 1024;

	private static final long STACK = 256 * 1024;

	private static final int LOOKS_AT_A_CHARACTER = 20;

	static final List<Input> INPUTS = Stream
		.of(matched("autoconfigure.TusProperties$Cors.ORIGIN", "a", "a|a", "a://|a", "a:/", "a://|a "),
				found("protocol.rufh.RepresentationHeaders.ESCAPED", "\\", "\\a", "a\\\\"),
				matched("protocol.rufh.RepresentationHeaders.EXTENDED", "UTF-8''|a", "UTF-8'|a", "UTF-8'|'",
						"UTF-8'a'"),
				found("protocol.rufh.RepresentationHeaders.PARAMETER", ";", "; ", ";a=b", "; a = \"b\"", ";a=\"|\\\"",
						";a=\"|a", ";a=\"|a\\", ";a=\"\\", ";a|a", ";a=| ", ";a| ", ";|\t"),
				found("protocol.tus.RequestHeaders.SPACES", " ", "a ", "  a"),
				found("protocol.tus.RequestHeaders.ANOTHER", ",", ",a", ",/", "a", ",|a", "a,b", ",|\u00e4", ",|%20"),
				found("protocol.tus.RequestHeaders.ENCODED", "%", "%2", "%20", "%0", "%7b"),
				found("protocol.tus.RequestHeaders.ODD", ",", "a", "%", "%8", "%8a", "%20", "\u00e4"),
				found("storage.s3.ObjectAttributes.BLANKS", " ", "\t", "a ", "a  "),
				found("storage.disk.LeftBehind.USED", ".", ".1", ".1|1", "1.used", ".123456789012|3"),
				matched("storage.s3.ObjectAttributes.MEDIA_TYPE", "a/b|;a=b", "a/b| ; a=\"b\"", "a/b| ;", "a/b| ", "a",
						"a/b|; a", "a/b|;a=b;", "a/b;a=|b"),
				matched("storage.s3.ObjectAttributes.NAME", "a", "a-", "a "),
				matched("storage.s3.S3Location.IMPOSSIBLE", "a", "/", "a/", "./", "../", "/..", "/.", ".", "/..|a",
						"a/.|a"),
				matched("storage.s3.SentTail.NAME", "a", "a|.part.", "a.part.|1", "a.part.1.|f", ".part.1"),
				matched("storage.s3.UsedIds.PATTERN", ".used/a|.1", ".used/|a", ".used/|a.", ".used/a.1|1"),
				matched("upload.SafeFilename.DEVICE", "con|.", "con| ", "con| .", "con", "com1|a", "con.|a"),
				found("upload.SafeFilename.FORBIDDEN", "/", "a", "a/", "\u200b", "\ud800"),
				found("web.DownloadHeaders.OTHER_THAN_ASCII", "a", "\u00e4", "a\u00e4"),
				matched("web.endpoint.HandlerHeaders.CODINGS", "a|,a", "a| , a", "a|,", "a| ", "a", "a|,a ", "a| ,a, "),
				matched("web.endpoint.HandlerHeaders.TOKEN", "a", "a-", "a b"))
		.flatMap((inputs) -> inputs)
		.toList();

	/**
	 * Expressions that aren't constants can't be found, and those of the methods of
	 * strings are made again for each text. The words of a configuration are no client's.
	 */
	@ArchTest
	static final ArchRule expressionsAreConstants = noClasses().that()
		.resideOutsideOfPackage("io.github.tusspring.autoconfigure..")
		.and()
		.doNotHaveSimpleName("HandlerLookup")
		.should()
		.callMethod(String.class, "matches", String.class)
		.orShould()
		.callMethod(String.class, "replaceAll", String.class, String.class)
		.orShould()
		.callMethod(String.class, "replaceFirst", String.class, String.class)
		.orShould()
		.callMethod(Pattern.class, "matches", String.class, CharSequence.class);

	@ArchTest
	static void allAreTried(JavaClasses classes) {
		Set<String> expressions = new TreeSet<>();
		for (JavaClass type : classes) {
			type.getFields()
				.stream()
				.filter((field) -> field.getRawType().isEquivalentTo(Pattern.class))
				.filter((field) -> field.getModifiers().contains(JavaModifier.STATIC))
				.forEach((field) -> expressions
					.add(type.getName().substring("io.github.tusspring.".length()) + "." + field.getName()));
		}
		assertThat(expressions)
			.containsExactlyElementsOf(new TreeSet<>(INPUTS.stream().map(Input::expression).toList()));
	}

	@ParameterizedTest
	@FieldSource("INPUTS")
	void longTextNeedsNoDeepStackAndFewLooks(Input input) throws Exception {
		Pattern expression = expression(input.expression());
		for (String end : List.of("", "!", "\"", "\n")) {
			CountedText text = new CountedText(input.text() + end);
			FutureTask<Boolean> task = new FutureTask<>(() -> input.isFound()
					? expression.matcher(text).results().count() > 0 : expression.matcher(text).matches());
			new Thread(null, task, "hostile", STACK).start();
			task.get();
		}
	}

	private static Stream<Input> matched(String expression, String... pieces) {
		return Stream.of(pieces).map((piece) -> new Input(expression, piece, false));
	}

	private static Stream<Input> found(String expression, String... pieces) {
		return Stream.of(pieces).map((piece) -> new Input(expression, piece, true));
	}

	private static Pattern expression(String name) throws ReflectiveOperationException {
		int dot = name.lastIndexOf('.');
		Field field = Class.forName("io.github.tusspring." + name.substring(0, dot))
			.getDeclaredField(name.substring(dot + 1));
		field.setAccessible(true);
		return (Pattern) field.get(null);
	}

	/**
	 * A long text for an expression.
	 *
	 * @param expression the class and the constant
	 * @param piece what is repeated: what the expression takes in a loop, what it nearly
	 * takes, what two of its parts could take; after a bar, if there is one
	 * @param isFound whether the expression is looked for rather than matched as a whole
	 */
	record Input(String expression, String piece, boolean isFound) {

		private String text() {
			int bar = this.piece.indexOf('|');
			String repeated = this.piece.substring(bar + 1);
			return this.piece.substring(0, Math.max(bar, 0)) + repeated.repeat(LENGTH / repeated.length());
		}

	}

	/**
	 * Counts how often an expression looks at one of its characters, which no busy
	 * machine changes.
	 */
	private static final class CountedText implements CharSequence {

		private final String text;

		private long looks;

		private CountedText(String text) {
			this.text = text;
		}

		@Override
		public int length() {
			return this.text.length();
		}

		@Override
		public char charAt(int index) {
			if (++this.looks > (long) LOOKS_AT_A_CHARACTER * LENGTH) {
				throw new IllegalStateException("Too many looks at a text");
			}
			return this.text.charAt(index);
		}

		@Override
		public CharSequence subSequence(int start, int end) {
			return this.text.subSequence(start, end);
		}

		@Override
		public String toString() {
			return this.text;
		}

	}

}
