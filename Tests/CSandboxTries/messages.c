#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>
#include <unistd.h>

#include "numbers.h"
#include "tools.h"

static long connect_abstract(void) {
  const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "\0nobody-listens"};
  return reached(connect(descriptor, (struct sockaddr *)&name, sizeof name));
}

static long send_descriptor(void) {
  char byte = 'x';
  struct iovec bytes = {&byte, 1};
  union {
    struct cmsghdr header;
    char room[CMSG_SPACE(sizeof(int))];
  } control = {{0}};
  struct msghdr message = {
      .msg_iov = &bytes,
      .msg_iovlen = 1,
      .msg_control = &control,
      .msg_controllen = sizeof control,
  };
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  const int descriptor = 2;
  memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  return sendmsg(0, &message, MSG_NOSIGNAL);
}

/// Removes what outlives the process.
static long without_trace(int object, char kind) {
  if (object < 0) return -1;
  switch (kind) {
    case 'm': msgctl(object, IPC_RMID, NULL); break;
    case 's': semctl(object, 0, IPC_RMID); break;
    default: shmctl(object, IPC_RMID, NULL); break;
  }
  return 0;
}

static long open_queue(void) {
  const mqd_t queue = mq_open("/upscale-tried", O_CREAT | O_RDWR, 0600, NULL);
  if (queue == (mqd_t)-1) return -1;
  mq_unlink("/upscale-tried");
  return 0;
}

#define TRIES "messages.h"
#define GROUP "messages"
#define TABLE st_messages
#include "table.h"
