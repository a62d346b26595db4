package com.example.tus;

import io.github.tusspring.upload.Upload;
import io.github.tusspring.upload.event.TusUploadCompletedEvent;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.event.EventListener;
import org.springframework.core.log.LogMessage;
import org.springframework.stereotype.Component;

/**
 * Hears of every upload that is finished, before its client does, and keeps it where it
 * is. Here an application would check the content, move it or pass it on.
 */
@Component
class UploadLog {

	private static final Log logger = LogFactory.getLog(UploadLog.class);

	@EventListener
	void completed(TusUploadCompletedEvent event) {
		Upload upload = event.upload();
		// A client's words go into a log only without line breaks.
		String filename = String.valueOf(upload.metadata().filename()).replaceAll("\\p{Cntrl}", "?");
		logger.info(LogMessage.format("Upload %s is finished: '%s' with %d bytes (attempt %d)", upload.id(), filename,
				upload.length(), event.attempt()));
	}

}
