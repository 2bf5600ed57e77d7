/* base/fault.h - places where a test may kill the process, to prove that a restart loses nothing.
 *
 * FAULT_POINT("store.before_commit") kills this process with SIGKILL when REDAN_CRASH_AT names it;
 * "NAME:3" dies at the third pass. With REDAN_CRASH_WHEN=FILE passes count only while FILE exists,
 * so that a test can let a process start up first. While the file that REDAN_CRASH_TRACE names
 * exists, every pass of any point appends a line with its name. Compiled in only with
 * -DREDAN_FAULTS (every preset but release): a production binary has no such switch. */
#ifndef REDAN_BASE_FAULT_H
#define REDAN_BASE_FAULT_H

#ifdef REDAN_FAULTS
void fault_point(const char *name);
#define FAULT_POINT(name) fault_point(name)
#else
#define FAULT_POINT(name) ((void)0)
#endif

#endif
