package io.github.tusspring.autoconfigure;

import io.github.tusspring.security.AuthorizationManagerAuthorizer;
import io.github.tusspring.upload.UploadAccess;
import io.github.tusspring.upload.UploadService;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.security.authorization.AuthorizationManager;

/**
 * {@link EnableAutoConfiguration Auto-configuration} for uploads behind Spring Security.
 */
@AutoConfiguration(after = TusWebMvcAutoConfiguration.class)
@ConditionalOnClass(AuthorizationManager.class)
@ConditionalOnBean(UploadService.class)
public final class TusSecurityAutoConfiguration {

	@Bean
	AuthorizationManagerAuthorizer tusAuthorizationManagerAuthorizer(
			ObjectProvider<AuthorizationManager<UploadAccess>> managers) {
		return new AuthorizationManagerAuthorizer(managers.orderedStream().toList());
	}

}
