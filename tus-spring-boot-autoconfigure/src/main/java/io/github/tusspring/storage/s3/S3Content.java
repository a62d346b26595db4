package io.github.tusspring.storage.s3;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

import io.github.tusspring.upload.Upload;
import software.amazon.awssdk.core.FileTransformerConfiguration;
import software.amazon.awssdk.core.async.AsyncResponseTransformer;

import org.springframework.core.io.AbstractResource;

/**
 * The object of an upload. Each stream is a request of its own, made when the first byte
 * is read: what is skipped before isn't sent by the store.
 */
final class S3Content extends AbstractResource {

	private final S3Objects objects;

	private final String bucket;

	private final String key;

	private final Upload upload;

	S3Content(S3Objects objects, String bucket, String key, Upload upload) {
		this.objects = objects;
		this.bucket = bucket;
		this.key = key;
		this.upload = upload;
	}

	@Override
	public InputStream getInputStream() throws IOException {
		if (!exists()) {
			throw new FileNotFoundException(getDescription() + " does not exist");
		}
		return new S3InputStream(this.objects, this.bucket, this.key, this.upload.offset());
	}

	@Override
	public boolean exists() {
		try {
			return this.objects.awaitIfPresent(this.objects.head(this.bucket, this.key)) != null;
		}
		catch (IOException ex) {
			return false;
		}
	}

	@Override
	public long contentLength() {
		return this.upload.offset();
	}

	@Override
	public long lastModified() {
		return this.upload.modified().toEpochMilli();
	}

	@Override
	public URI getURI() {
		return URI.create("s3://" + this.bucket + "/" + this.key);
	}

	@Override
	public URL getURL() throws IOException {
		throw new FileNotFoundException(getDescription() + " has no URL without a signature");
	}

	@Override
	public String getFilename() {
		return this.upload.id().toString();
	}

	/**
	 * Copies the content to a file, which is replaced when all of it is there.
	 */
	void copyTo(Path target) throws IOException {
		Path directory = target.toAbsolutePath().getParent();
		Path download = Files.createTempFile(directory, ".download", null);
		try {
			FileTransformerConfiguration replacing = FileTransformerConfiguration.defaultCreateOrReplaceExisting();
			this.objects.await(this.objects.client()
				.getObject((request) -> request.bucket(this.bucket).key(this.key),
						AsyncResponseTransformer.toFile(download, replacing)));
			Files.move(download, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
		}
		finally {
			Files.deleteIfExists(download);
		}
	}

	@Override
	public String getDescription() {
		return "s3://" + this.bucket + "/" + this.key;
	}

}
