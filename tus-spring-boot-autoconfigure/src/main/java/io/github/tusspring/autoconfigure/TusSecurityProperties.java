package io.github.tusspring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties that say who may do what with uploads.
 *
 * @param owner To whom an upload belongs.
 */
@ConfigurationProperties("tus.security")
public record TusSecurityProperties(@DefaultValue("principal") Owner owner) {

	/**
	 * To whom an upload belongs.
	 */
	public enum Owner {

		/**
		 * To the principal that creates it, if there is one.
		 */
		PRINCIPAL,

		/**
		 * To nobody: who knows its URL may use it.
		 */
		NONE

	}

}
