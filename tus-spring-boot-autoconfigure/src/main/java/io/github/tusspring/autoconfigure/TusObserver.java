package io.github.tusspring.autoconfigure;

import io.github.tusspring.upload.UploadObserver;

/**
 * All of the application's observers as one, which must not be a bean beside them.
 *
 * @param all stands for all observers
 */
record TusObserver(UploadObserver all) {

}
