// SPDX-License-Identifier: MIT
/*
 * Sharing a buffer: one process makes it, fills it, sends its descriptor over a
 * socket and ends. The other maps the same memory and reads it; nothing is copied.
 *
 *	example_share
 *
 * Between programs of your own the socket would have a name (bind() and connect()
 * of AF_UNIX); the messages are the same.
 */
#include <liblcma.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define MARK	"written by the one that made it"

static int need(int ret, const char *what)
{
	if (ret < 0) {
		fprintf(stderr, "%s: %s\n", what, lcma_strerror(ret));
		exit(1);
	}
	return ret;
}

/* A descriptor travels beside the bytes of a message, of which there must be one. */
static void send_descriptor(int socket, int fd)
{
	char byte = 0, space[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &bytes, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *beside = CMSG_FIRSTHDR(&message);

	beside->cmsg_level = SOL_SOCKET;
	beside->cmsg_type = SCM_RIGHTS;
	beside->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(beside), &fd, sizeof(int));
	if (sendmsg(socket, &message, 0) != 1) {
		perror("sendmsg");
		exit(1);
	}
}

static int receive_descriptor(int socket)
{
	char byte, space[CMSG_SPACE(sizeof(int))];
	struct iovec bytes = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr message = {
		.msg_iov = &bytes, .msg_iovlen = 1,
		.msg_control = space, .msg_controllen = sizeof(space),
	};
	struct cmsghdr *beside;
	int fd;

	if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != 1) {
		fprintf(stderr, "nothing was sent\n");
		exit(1);
	}
	beside = CMSG_FIRSTHDR(&message);
	if (!beside || beside->cmsg_type != SCM_RIGHTS) {
		fprintf(stderr, "a message without a descriptor\n");
		exit(1);
	}
	memcpy(&fd, CMSG_DATA(beside), sizeof(int));
	return fd;
}

static void produce(int socket)
{
	struct lcma_options options = LCMA_OPTIONS_INIT;
	uint64_t bytes = 2 << 20;
	int device, buffer;
	void *memory;

	options.label = "shared";
	device = need(lcma_open(NULL), "open");
	buffer = need(lcma_allocate(device, &bytes, &options), "allocate");
	need(lcma_map(buffer, LCMA_ACCESS_RW, &memory, &bytes), "map");
	need(lcma_begin_cpu(buffer, LCMA_ACCESS_WRITE), "begin");
	memcpy(memory, MARK, sizeof(MARK));
	need(lcma_end_cpu(buffer, LCMA_ACCESS_WRITE), "end");
	send_descriptor(socket, buffer);
	/* Nothing is freed by hand: what still has the descriptor keeps the buffer. */
}

static int consume(int socket, pid_t producer)
{
	uint64_t bytes;
	int buffer, is_right;
	void *memory;

	buffer = receive_descriptor(socket);
	waitpid(producer, NULL, 0);
	printf("process %d, which made the buffer, is gone\n", (int)producer);

	need(lcma_map(buffer, LCMA_ACCESS_READ, &memory, &bytes), "map");
	need(lcma_begin_cpu(buffer, LCMA_ACCESS_READ), "begin");
	is_right = !strcmp(memory, MARK);
	printf("%llu bytes: %.40s\n", (unsigned long long)bytes, (char *)memory);
	need(lcma_end_cpu(buffer, LCMA_ACCESS_READ), "end");
	lcma_unmap(memory, bytes);
	lcma_free(buffer);
	return is_right ? 0 : 1;
}

int main(void)
{
	int sockets[2];
	pid_t producer;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, sockets)) {
		perror("socketpair");
		return 1;
	}
	producer = fork();
	if (producer < 0) {
		perror("fork");
		return 1;
	}
	if (!producer) {
		close(sockets[0]);
		produce(sockets[1]);
		exit(0);
	}
	close(sockets[1]);	/* so that a producer that fails ends the wait */
	return consume(sockets[0], producer);
}
