package io.github.tusspring.storage.disk;

/**
 * When bytes are forced from the operating system's memory to the disk. A crash of the
 * application loses nothing in any case; this is about a crash of the machine.
 */
public enum Durability {

	/**
	 * Never: the operating system decides.
	 */
	NONE,

	/**
	 * Before an upload is delivered to the application.
	 */
	COMPLETION,

	/**
	 * Before every answer that acknowledges bytes.
	 */
	APPEND

}
