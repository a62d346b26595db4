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

package io.github.tusspring.web.endpoint;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.UploadMetadata;
import io.github.tusspring.upload.UploadRejectedException;
import io.github.tusspring.web.bind.TusUpload;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.Part;

import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.Resource;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.util.StreamUtils;
import org.springframework.web.bind.annotation.BindParam;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.multipart.MultipartFile;
import org.springframework.web.multipart.MultipartRequest;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.function.RequestPredicates;
import org.springframework.web.servlet.function.RouterFunction;
import org.springframework.web.servlet.function.RouterFunctions;
import org.springframework.web.servlet.function.ServerResponse;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/**
 * An application with endpoints of every kind.
 */
@Configuration(proxyBeanMethods = false)
class EndpointApplication {

	static final String[] PATHS = { "/documents", "/bytes", "/text", "/resource", "/form", "/forms", "/callable",
			"/deferred", "/streaming", "/function", "/servlet", "/async-servlet", "/flaky", "/refusing", "/throwing",
			"/status", "/ignoring", "/slow", "/long-answer", "/redirecting", "/cookie", "/listening", "/half",
			"/projects/{project}/documents", "/cases/{id}/documents", "/bean-form", "/record-form", "/listed-form",
			"/multipart-request", "/function-form" };

	@Bean
	RouterFunction<ServerResponse> function() {
		return RouterFunctions.route()
			.POST("/function",
					(request) -> ServerResponse.status(HttpStatus.ACCEPTED)
						.header("X-Type", request.headers().contentType().map(MediaType::toString).orElse(""))
						.body(request.body(String.class)))
			.POST("/function-form", RequestPredicates.contentType(MediaType.MULTIPART_FORM_DATA), (request) -> {
				Part part = request.multipartData().values().iterator().next().get(0);
				return ServerResponse.ok()
					.body(part.getName() + " "
							+ new String(part.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
			})
			.build();
	}

	@Bean
	ServletRegistrationBean<HttpServlet> servlet() {
		return new ServletRegistrationBean<>(new HttpServlet() {
			@Override
			protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
				response.setContentType("text/plain");
				response.getWriter()
					.write("servlet got " + StreamUtils.copyToString(request.getInputStream(), StandardCharsets.UTF_8));
			}
		}, "/servlet");
	}

	@Bean
	ServletRegistrationBean<HttpServlet> asyncServlet() {
		return new ServletRegistrationBean<>(new HttpServlet() {
			@Override
			protected void doPost(HttpServletRequest request, HttpServletResponse response) {
				AsyncContext context = request.startAsync();
				context.start(() -> {
					try {
						context.getResponse()
							.getOutputStream()
							.write(("later " + StreamUtils.copyToString(context.getRequest().getInputStream(),
									StandardCharsets.UTF_8))
								.getBytes());
					}
					catch (IOException ex) {
						throw new IllegalStateException(ex);
					}
					context.complete();
				});
			}
		}, "/async-servlet");
	}

	@Bean
	ServletRegistrationBean<HttpServlet> listening() {
		return new ServletRegistrationBean<>(new HttpServlet() {
			@Override
			protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
				AsyncContext context = request.startAsync();
				request.getInputStream().setReadListener(new LateReader(context));
			}
		}, "/listening");
	}

	/**
	 * Reads when it likes to, as a reactive reader without demand does.
	 */
	private static final class LateReader implements ReadListener {

		private final AsyncContext context;

		private final AtomicInteger calls = new AtomicInteger();

		private final AtomicInteger count = new AtomicInteger();

		private LateReader(AsyncContext context) {
			this.context = context;
		}

		@Override
		public void onDataAvailable() {
			if (this.calls.incrementAndGet() == 1) {
				CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS).execute(this::read);
			}
		}

		private void read() {
			try {
				ServletInputStream input = this.context.getRequest().getInputStream();
				while (input.isReady() && input.read() >= 0) {
					this.count.incrementAndGet();
				}
			}
			catch (IOException ex) {
				onError(ex);
			}
		}

		@Override
		public void onAllDataRead() throws IOException {
			this.context.getResponse().getWriter().print(this.calls + " call, " + this.count + " bytes");
			this.context.complete();
		}

		@Override
		public void onError(Throwable ex) {
			this.context.complete();
		}

	}

	@RestController
	static class Documents {

		final AtomicInteger attempts = new AtomicInteger();

		volatile CountDownLatch started = new CountDownLatch(1);

		volatile CountDownLatch goOn = new CountDownLatch(1);

		@PostMapping("/documents")
		Map<String, Object> create(InputStream body, HttpServletRequest request,
				@RequestAttribute(required = false) Object unused,
				@RequestHeader(name = "Content-Disposition", required = false) String disposition,
				@RequestHeader(name = "Upload-Metadata", required = false) String metadata) throws IOException {
			byte[] content = body.readAllBytes();
			Upload upload = (Upload) request.getAttribute(TusAttributes.UPLOAD);
			UploadMetadata attribute = (UploadMetadata) request.getAttribute(TusAttributes.METADATA);
			return Map.of("method", request.getMethod(), "uri", request.getRequestURI(), "content",
					new String(content, StandardCharsets.UTF_8), "type", String.valueOf(request.getContentType()),
					"length", request.getContentLengthLong(), "disposition", String.valueOf(disposition), "metadata",
					String.valueOf(metadata), "query", String.valueOf(request.getQueryString()), "upload",
					(upload != null) ? upload.id().toString() : "none", "filename",
					(attribute != null) ? String.valueOf(attribute.filename()) : "none");
		}

		@GetMapping("/documents")
		String list() {
			return "list";
		}

		@GetMapping("/documents/{id}")
		String get(@PathVariable String id) {
			return "document " + id;
		}

		@PutMapping("/documents/{id}")
		String put(@PathVariable String id, @RequestBody String body) {
			return "put " + id + " " + body;
		}

		@PostMapping("/projects/{project}/documents")
		String project(@PathVariable String project, @RequestBody String body) {
			return project + " got " + body;
		}

		@PostMapping("/cases/{id}/documents")
		String file(@PathVariable String id, UploadMetadata metadata, @TusUpload(required = false) Upload upload,
				@RequestBody String body) {
			return id + " " + metadata.get("title") + " " + ((upload != null) ? "upload" : "request") + " " + body;
		}

		@GetMapping("/cases/{id}/title")
		String title(@PathVariable String id, @TusUpload UploadMetadata metadata) {
			return String.valueOf(metadata.get("title"));
		}

		@PostMapping("/bytes")
		String bytes(@RequestBody byte[] body) {
			return body.length + " bytes";
		}

		@PostMapping("/text")
		String text(@RequestBody String body) {
			return "text " + body;
		}

		@PostMapping("/resource")
		String resource(@RequestBody Resource body) throws IOException {
			return body.isFile() + " " + body.contentLength();
		}

		@PostMapping("/form")
		String form(@RequestParam("upload") MultipartFile file, @RequestParam(defaultValue = "none") String title)
				throws IOException {
			return file.getOriginalFilename() + " " + file.getContentType() + " " + file.getSize() + " "
					+ new String(file.getBytes(), StandardCharsets.UTF_8) + " " + title;
		}

		@PostMapping(path = "/forms", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
		String forms(@RequestParam List<MultipartFile> files) throws IOException {
			Path copy = Files.createTempFile("form", null);
			try {
				files.get(0).transferTo(copy);
				return files.size() + " " + Files.readString(copy);
			}
			finally {
				Files.delete(copy);
			}
		}

		@PostMapping("/bean-form")
		String beanForm(BeanForm form) throws IOException {
			return form.title + " " + new String(form.document.getBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/record-form")
		String recordForm(@ModelAttribute RecordForm form) throws IOException {
			return form.title() + " " + new String(form.document().getBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping(path = "/listed-form", consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
		String listedForm(ListedForm form) throws IOException {
			return form.title() + " " + new String(form.documents().get(0).getBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/multipart-request")
		String multipartRequest(MultipartRequest request) throws IOException {
			MultipartFile file = request.getFileMap().values().iterator().next();
			return file.getName() + " " + new String(file.getBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/callable")
		Callable<String> callable(InputStream body, HttpServletRequest request) {
			return () -> "called " + new String(body.readAllBytes(), StandardCharsets.UTF_8);
		}

		@PostMapping("/deferred")
		DeferredResult<ResponseEntity<String>> deferred(@RequestBody String body) {
			DeferredResult<ResponseEntity<String>> result = new DeferredResult<>();
			CompletableFuture
				.runAsync(() -> result.setResult(ResponseEntity.status(HttpStatus.ACCEPTED).body("deferred " + body)));
			return result;
		}

		@PostMapping("/streaming")
		ResponseEntity<StreamingResponseBody> streaming(InputStream body) {
			return ResponseEntity.ok().contentType(MediaType.TEXT_PLAIN).body((output) -> {
				write(output, "streamed ");
				output.flush();
				body.transferTo(output);
			});
		}

		private static void write(OutputStream output, String text) throws IOException {
			output.write(text.getBytes(StandardCharsets.UTF_8));
		}

		@PostMapping("/flaky")
		String flaky(@RequestBody String body) {
			int attempt = this.attempts.incrementAndGet();
			if (attempt == 1) {
				throw new IllegalStateException("not yet");
			}
			if (attempt == 2) {
				throw new ResponseStatusException(HttpStatus.SERVICE_UNAVAILABLE);
			}
			return "attempt " + attempt + " got " + body;
		}

		@PostMapping("/refusing")
		ResponseEntity<String> refusing(@RequestBody String body) {
			return ResponseEntity.unprocessableContent().body("not " + body);
		}

		@PostMapping("/throwing")
		String throwing(@RequestBody String body) {
			throw new UploadRejectedException(409, "no room for " + body);
		}

		@PostMapping("/status")
		String status(@RequestBody String body) {
			throw new ResponseStatusException(HttpStatus.UNSUPPORTED_MEDIA_TYPE, "no " + body);
		}

		@PostMapping("/ignoring")
		void ignoring(HttpServletResponse response) {
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
			response.setHeader("X-Ignored", "yes");
		}

		@PostMapping("/half")
		String half(InputStream body) throws IOException {
			return new String(body.readNBytes(2), StandardCharsets.UTF_8);
		}

		@PostMapping("/slow")
		String slow(@RequestBody String body) throws InterruptedException {
			this.started.countDown();
			if (!this.goOn.await(20, TimeUnit.SECONDS)) {
				throw new IllegalStateException();
			}
			return "slow " + body;
		}

		@PostMapping("/long-answer")
		void longAnswer(HttpServletResponse response) throws IOException {
			response.setContentType("text/plain");
			response.setHeader("X-Long", "yes");
			byte[] line = "0123456789abcdef".repeat(64).getBytes(StandardCharsets.US_ASCII);
			for (int i = 0; i < 200; i++) {
				response.getOutputStream().write(line);
			}
		}

		@PostMapping("/cookie")
		String cookie(HttpServletResponse response) {
			response.addCookie(new Cookie("session", "secret"));
			response.setHeader("X-Auth-Token", "secret");
			response.setHeader("X-Kept", "yes");
			return "given once";
		}

		@PostMapping("/redirecting")
		ResponseEntity<Void> redirecting() {
			return ResponseEntity.status(HttpStatus.SEE_OTHER).header("Location", "/documents/42").build();
		}

	}

	static class BeanForm {

		private String title;

		private MultipartFile document;

		public void setTitle(String title) {
			this.title = title;
		}

		public void setDocument(MultipartFile document) {
			this.document = document;
		}

	}

	record RecordForm(String title, MultipartFile document) {
	}

	record ListedForm(String title, @BindParam("document") List<MultipartFile> documents) {
	}

}
