// A recorder that records nothing: it makes an arena, hands it over, and notes how the exit goes as it is told.
//
// RECORDER_EXIT=begun: says at once that the exit has begun, and never gets any further.
// Built as a shared library, to be preloaded.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "StragglerArena.h"

enum { THREADS_OFFSET = 4 * STRAGGLER_PAGE, ARENA_SIZE = THREADS_OFFSET + (int)sizeof(StragglerThread) };

static StragglerArenaHeader *header;

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fill_arguments(int count, char **arguments) {
  for (int index = 0; index < count; index++) {
    size_t length = strlen(arguments[index]) + 1;
    if (length > sizeof header->arguments - header->arguments_length) break;
    memcpy(header->arguments + header->arguments_length, arguments[index], length);
    header->arguments_length += (uint32_t)length;
    header->argument_count++;
  }
}

static void fill(void) {
  header->magic = STRAGGLER_ARENA_MAGIC;
  header->version = STRAGGLER_ARENA_VERSION;
  header->header_size = sizeof *header;
  header->size = ARENA_SIZE;
  header->pid = getpid();
  header->parent_pid = getppid();
  header->regions[STRAGGLER_REGION_THREADS] = (StragglerRegion){
      .offset = THREADS_OFFSET, .entry_size = sizeof(StragglerThread), .capacity = 1, .used = 1};
  if (readlink("/proc/self/exe", header->executable, sizeof header->executable - 1) < 0) abort();
  StragglerThread *main_thread = (StragglerThread *)((char *)header + THREADS_OFFSET);
  main_thread->number = 1;
  main_thread->tid = getpid();
  main_thread->flags = STRAGGLER_THREAD_MAIN;
  main_thread->state = STRAGGLER_SLOT_ALIVE;
  const char *exit = getenv("RECORDER_EXIT");
  if (exit != NULL && strcmp(exit, "begun") == 0) {
    header->exit.phase = STRAGGLER_PHASE_EXITING;
    header->exit.kind = STRAGGLER_EXIT_RETURN;
    header->exit.thread = 1;
    header->exit.begun = now();
    main_thread->flags |= STRAGGLER_THREAD_EXITING;
  }
}

static void hand_over(int arena, const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  StragglerHello hello = {.magic = STRAGGLER_ARENA_MAGIC, .version = STRAGGLER_ARENA_VERSION,
                          .pid = getpid(), .parent_pid = getppid()};
  struct iovec part = {.iov_base = &hello, .iov_len = sizeof hello};
  union {
    char space[CMSG_SPACE(sizeof(int))];
    struct cmsghdr alignment;
  } control = {{0}};
  struct msghdr message = {
      .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
  *rights = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof arena)};
  memcpy(CMSG_DATA(rights), &arena, sizeof arena);
  int connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) abort();
  if (sendmsg(connection, &message, 0) != (ssize_t)sizeof hello) abort();
  close(connection);
}

__attribute__((constructor)) static void attach(int count, char **arguments) {
  const char *path = getenv("STRAGGLER_SOCKET");
  if (path == NULL) return;
  int arena = memfd_create("arena", MFD_CLOEXEC);
  if (ftruncate(arena, ARENA_SIZE) != 0) abort();
  header = mmap(NULL, ARENA_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, arena, 0);
  if (header == MAP_FAILED) abort();
  fill();
  fill_arguments(count, arguments);
  hand_over(arena, path);
  close(arena);
}

__attribute__((destructor)) static void leave(void) {
  if (header != NULL) header->exit.phase = STRAGGLER_PHASE_FROZEN;
}
