package io.github.tusspring.web;

import java.nio.charset.StandardCharsets;

/**
 * Names a download (RFC 6266). Always an attachment: what somebody uploaded must not run
 * as a page of ours.
 */
final class Attachment {

	/**
	 * Longer names are cut: the header has to fit in an answer.
	 */
	private static final int MAX_LENGTH = 200;

	private Attachment() {
	}

	/**
	 * Returns the value of a {@code Content-Disposition} header.
	 * @param filename a client's word for the file
	 * @return a value with the name, and where that is not plain ASCII, with an
	 * approximation for clients that know no other
	 */
	static String disposition(String filename) {
		String name = safe(filename);
		String ascii = name.replaceAll("[^\\x20-\\x7e]", "_");
		String disposition = "attachment; filename=\"" + ascii.replace("\"", "\\\"") + '"';
		// Some clients would decode a percent sign in the plain form.
		return (ascii.equals(name) && name.indexOf('%') < 0) ? disposition
				: disposition + "; filename*=UTF-8''" + encode(name);
	}

	/**
	 * Takes out what would lead out of a folder, break a header or show a name other than
	 * it is.
	 */
	private static String safe(String filename) {
		String name = filename.replaceAll("[\\p{Cc}\\\\/\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069]", "_");
		return cut(name);
	}

	private static String cut(String name) {
		if (name.codePointCount(0, name.length()) <= MAX_LENGTH) {
			return name;
		}
		int dot = name.lastIndexOf('.');
		String extension = (dot >= 0 && name.length() - dot <= 20) ? name.substring(dot) : "";
		return name.substring(0, name.offsetByCodePoints(0, MAX_LENGTH - extension.length())) + extension;
	}

	private static String encode(String name) {
		StringBuilder encoded = new StringBuilder();
		for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
			if (isAttrChar(b)) {
				encoded.append((char) b);
			}
			else {
				encoded.append(String.format("%%%02X", b));
			}
		}
		return encoded.toString();
	}

	/**
	 * Whether a character needs no encoding (RFC 8187, section 3.2.1).
	 */
	private static boolean isAttrChar(byte b) {
		return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9')
				|| (b > 0 && "!#$&+-.^_`|~".indexOf(b) >= 0);
	}

}
