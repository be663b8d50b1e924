// An HTTP server with 16 threads: `/12` is page 12 of pages.c, `/all` all of
// them, `/count` how many were made. The only argument is the port.
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
unsigned long count(void);
#define PAGE(n) void page##n(char *);
#define TEN(n)                                                                 \
  PAGE(n##0) PAGE(n##1) PAGE(n##2) PAGE(n##3) PAGE(n##4)                       \
  PAGE(n##5) PAGE(n##6) PAGE(n##7) PAGE(n##8) PAGE(n##9)
TEN(1) TEN(2) TEN(3) TEN(4) TEN(5)
#undef PAGE
#define PAGE(n) page##n,
static void (*const pages[])(char *) = {TEN(1) TEN(2) TEN(3) TEN(4) TEN(5)};
static enum MHD_Result answer(void *closure, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *data, size_t *size, void **state) {
  char text[2000] = "";
  int number = atoi(url + 1);
  if (number >= 10 && number < 60)
    pages[number - 10](text);
  else if (!strcmp(url, "/all"))
    for (int i = 0; i < 50; i++)
      pages[i](text);
  else
    snprintf(text, sizeof text, "%lu", count());
  struct MHD_Response *response = MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
  enum MHD_Result result = MHD_queue_response(connection, 200, response);
  MHD_destroy_response(response);
  return result;
}
int main(int argc, char **argv) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_EPOLL, 0, 0, 0, answer, 0, MHD_OPTION_SOCK_ADDR,
                                               &address, MHD_OPTION_THREAD_POOL_SIZE, 16, MHD_OPTION_END);
  if (!daemon)
    return 1;
  getchar(); // until standard input ends
  MHD_stop_daemon(daemon);
  return 0;
}
