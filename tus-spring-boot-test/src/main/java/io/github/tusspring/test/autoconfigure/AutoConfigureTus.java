package io.github.tusspring.test.autoconfigure;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Gives a test {@link TestUploads}, by which it uploads to the application. With
 * {@code @AutoConfigureMockMvc} no server runs; with a server at a random port the
 * uploads go there. Unless the application has a storage of its own, the uploads are kept
 * in a directory that is removed with the application.
 *
 * <pre class="code">
 * &#064;SpringBootTest
 * &#064;AutoConfigureMockMvc
 * &#064;AutoConfigureTus
 * class VideosTests {
 *
 *     &#064;Test
 *     void videoIsKept(&#064;Autowired TestUploads uploads, &#064;Autowired Videos videos) {
 *         assertThat(uploads.filename("holiday.mp4").upload(content).status()).isEqualTo(204);
 *         assertThat(videos.names()).containsExactly("holiday.mp4");
 *     }
 *
 * }</pre>
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface AutoConfigureTus {

}
