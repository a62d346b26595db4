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

package com.example.tus;

import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.awaitility.Awaitility;
import org.openqa.selenium.By;
import org.openqa.selenium.Rectangle;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.chromium.ChromiumNetworkConditions;

/**
 * A headless Chromium.
 */
final class Browser implements AutoCloseable {

	static final Path CHROMIUM = Path.of("/usr/bin/chromium");

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final ChromeDriver driver;

	Browser() {
		ChromeOptions options = new ChromeOptions();
		options.setBinary(CHROMIUM.toFile());
		options.addArguments("--headless=new", "--no-sandbox", "--disable-background-networking",
				"--disable-component-update", "--disable-sync", "--no-first-run", "--disable-dev-shm-usage",
				"--window-size=1100,1000");
		this.driver = new ChromeDriver(
				new ChromeDriverService.Builder().usingDriverExecutable(new File("/usr/bin/chromedriver")).build(),
				options);
		this.driver.manage().timeouts().scriptTimeout(PATIENCE);
	}

	void open(String url) {
		this.driver.get(url);
	}

	/**
	 * Opens a page as somebody who was never here.
	 */
	void openFresh(String url) {
		open(url);
		this.driver.executeScript("localStorage.clear()");
		open(url);
	}

	/**
	 * Opens a page in a tab beside the others, and goes on there.
	 * @return the tab that was left
	 */
	String openTab(String url) {
		String left = this.driver.getWindowHandle();
		this.driver.switchTo().newWindow(WindowType.TAB);
		open(url);
		return left;
	}

	String currentTab() {
		return this.driver.getWindowHandle();
	}

	void switchTo(String tab) {
		this.driver.switchTo().window(tab);
	}

	/**
	 * Closes the current tab, and goes on in another one.
	 */
	void closeTab(String next) {
		this.driver.close();
		switchTo(next);
	}

	void reload() {
		this.driver.navigate().refresh();
	}

	void choose(String css, Path... files) {
		this.driver.findElement(By.cssSelector(css))
			.sendKeys(String.join("\n", List.of(files).stream().map(Path::toString).toList()));
	}

	/**
	 * Drops files and folders as a user does.
	 */
	void drop(String css, Path... files) {
		Rectangle target = this.driver.findElement(By.cssSelector(css)).getRect();
		Map<String, Object> data = Map.of("items", List.of(), "files", Stream.of(files).map(Path::toString).toList(),
				"dragOperationsMask", 1);
		for (String event : List.of("dragEnter", "dragOver", "drop")) {
			this.driver.executeCdpCommand("Input.dispatchDragEvent", Map.of("type", event, "x",
					target.x + target.width / 2, "y", target.y + target.height / 2, "data", data));
		}
	}

	void setOffline(boolean offline) {
		ChromiumNetworkConditions conditions = new ChromiumNetworkConditions();
		conditions.setOffline(offline);
		conditions.setDownloadThroughput(-1);
		conditions.setUploadThroughput(-1);
		this.driver.setNetworkConditions(conditions);
	}

	void click(String css) {
		this.driver.findElement(By.cssSelector(css)).click();
	}

	List<WebElement> all(String css) {
		return this.driver.findElements(By.cssSelector(css));
	}

	String text(String css) {
		return this.driver.findElement(By.cssSelector(css)).getText();
	}

	/**
	 * Waits until the text of the page's part is as wanted.
	 */
	void awaitText(String css, Predicate<String> wanted) {
		Awaitility.await(css)
			.atMost(PATIENCE)
			.pollInterval(Duration.ofMillis(50))
			.ignoreException(StaleElementReferenceException.class)
			.until(() -> String.join("\n", all(css).stream().map(WebElement::getText).toList()), wanted::test);
	}

	Object run(String script, Object... arguments) {
		return this.driver.executeScript(script, arguments);
	}

	/**
	 * Runs the body of an asynchronous function, and waits for what it returns.
	 * @return the result, or a map with the text of the error
	 */
	@SuppressWarnings("unchecked")
	Map<String, Object> call(String script, Object... arguments) {
		return (Map<String, Object>) this.driver.executeAsyncScript("""
				const done = arguments[arguments.length - 1];
				(async (...args) => { %s })(...arguments).then(done, (error) => done({ error: String(error) }));
				""".formatted(script), arguments);
	}

	@Override
	public void close() {
		this.driver.quit();
	}

}
