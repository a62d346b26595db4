package io.github.tusspring.autoconfigure;

import org.springframework.scheduling.TaskScheduler;

/**
 * The threads that work when no client waits.
 *
 * @param sweeper runs short tasks that must not wait
 * @param worker runs tasks that may take their time
 */
record TusTasks(TaskScheduler sweeper, TaskScheduler worker) {
}
