package io.github.tusspring.security;

import java.time.Instant;

import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

import com.nimbusds.jose.jwk.source.ImmutableSecret;

import org.springframework.security.oauth2.jose.jws.MacAlgorithm;
import org.springframework.security.oauth2.jwt.JwsHeader;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtEncoderParameters;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;

/**
 * Makes tokens as an authorization server would, and reads them.
 */
final class JwtTokens {

	private static final SecretKey KEY = new SecretKeySpec("a key of thirty-two bytes, or more".getBytes(),
			"HmacSHA256");

	private JwtTokens() {
	}

	/**
	 * Makes a token of a user of a tenant's.
	 */
	static String of(String user, String tenant, Instant expires) {
		NimbusJwtEncoder encoder = new NimbusJwtEncoder(new ImmutableSecret<>(KEY));
		JwtClaimsSet claims = JwtClaimsSet.builder()
			.subject(user)
			.claim("tenant", tenant)
			.issuedAt(expires.minusSeconds(3600))
			.expiresAt(expires)
			.build();
		return encoder.encode(JwtEncoderParameters.from(JwsHeader.with(MacAlgorithm.HS256).type("JWT").build(), claims))
			.getTokenValue();
	}

	/**
	 * Makes a decoder that takes the time to the second.
	 */
	static JwtDecoder decoder() {
		NimbusJwtDecoder decoder = NimbusJwtDecoder.withSecretKey(KEY).macAlgorithm(MacAlgorithm.HS256).build();
		decoder.setJwtValidator(new JwtTimestampValidator(java.time.Duration.ZERO));
		return decoder;
	}

}
