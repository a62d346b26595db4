package io.github.tusspring.storage.s3;

/**
 * Whether manifests are written under the condition that nobody else has changed them.
 */
public enum ConditionalWrites {

	/**
	 * As the store shows that it can: tried at the first contact.
	 */
	AUTO,

	/**
	 * Always: a store that can't is not used.
	 */
	REQUIRED,

	/**
	 * Never: a locker has to keep the instances apart.
	 */
	OFF

}
