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
 * {@code @AutoConfigureMockMvc}, which {@code @WebMvcTest} has, no server runs; with a
 * server at a random port the uploads go there. Unless the application has a storage of
 * its own, the uploads are kept in a directory that is removed with the application.
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
