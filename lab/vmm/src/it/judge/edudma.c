// SPDX-License-Identifier: Apache-2.0
// The guest's own judge: has its device (QEMU's edu, docs/specs/edu.rst) copy into pages of this process, one after the
// other, and tells page by page whether the bytes arrived.
//
//   edudma DIRECTORY PAGES PROBES   allocates PAGES pages, probes PROBES of them, evenly spread over what was allocated
//   edudma DIRECTORY raise|quiet    has the device interrupt, or stop
//   edudma DIRECTORY pin TIMES      has it interrupt by its pin, again once that is acknowledged; it is bound to
//                                   uio_pci_generic
//   edudma DIRECTORY tick           prints TICK five times a second
//
// DIRECTORY is the device's in /sys. Exits with 0 if all probed pages were reached, 1 if none was, 3 if some were.
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ID = 0x00, RAISE = 0x60, ACKNOWLEDGE = 0x64, SOURCE = 0x80, DESTINATION = 0x88, COUNT = 0x90, COMMAND = 0x98 };
enum { BUFFER = 0x40000, START = 1, TO_MEMORY = 2, PAGE = 4096, BYTES = 64 };

static volatile uint8_t *registers;
static int pagemap;

static void die(const char *what) {
  perror(what);
  exit(2);
}

static uint32_t read32(int at) { return *(volatile uint32_t *)(registers + at); }
static void write64(int at, uint64_t value) { *(volatile uint64_t *)(registers + at) = value; }
static void write32(int at, uint32_t value) { *(volatile uint32_t *)(registers + at) = value; }

static void map_registers(const char *directory) {
  char path[256];
  snprintf(path, sizeof path, "%s/resource0", directory);
  int file = open(path, O_RDWR);
  if (file < 0) die(path);
  registers = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (registers == MAP_FAILED) die("mmap of resource0");
  if ((read32(ID) & 0xffff) != 0xed) {
    printf("no such device: it calls itself 0x%x\n", read32(ID));
    exit(2);
  }
}

// A transfer takes 100 ms: the device waits on purpose. One that never ends is a page that was not reached.
static void copy(uint64_t source, uint64_t destination, int command) {
  struct timespec pause = {0, 2000000};
  write64(SOURCE, source);
  write64(DESTINATION, destination);
  write64(COUNT, BYTES);
  write64(COMMAND, START | command);
  for (int i = 0; i < 5000 && (*(volatile uint64_t *)(registers + COMMAND) & START); i++) nanosleep(&pause, NULL);
}

static uint64_t physical(const void *address) {
  uint64_t entry = 0;
  if (pread(pagemap, &entry, sizeof entry, (uintptr_t)address / PAGE * sizeof entry) != sizeof entry) die("pagemap");
  return (entry & ((1ull << 55) - 1)) * PAGE + (uintptr_t)address % PAGE;
}

// The kernel's driver switches the pin off by bit 10 of the command register when it counts an interrupt.
static int hear_pin(const char *directory, long times) {
  char path[256];
  snprintf(path, sizeof path, "%s/config", directory);
  int config = open(path, O_RDWR), counts = open("/dev/uio0", O_RDONLY);
  if (config < 0 || counts < 0) die("config, /dev/uio0");
  long heard = 0;
  for (long i = 0; i < times; i++) {
    uint16_t command = 0;
    uint32_t count = 0;
    if (pread(config, &command, sizeof command, 4) != sizeof command) die("command register");
    command &= (uint16_t)~(1 << 10);
    if (pwrite(config, &command, sizeof command, 4) != sizeof command) die("command register");
    write32(RAISE, 1);
    struct pollfd interrupt = {counts, POLLIN, 0};
    bool came = poll(&interrupt, 1, 20000) == 1 && read(counts, &count, sizeof count) == sizeof count;
    if (came && count == i + 1) heard++;
    write32(ACKNOWLEDGE, 1);
  }
  printf("%ld of %ld interrupts by the pin\n", heard, times);
  return heard == times ? 0 : 1;
}

// In one process: to start another, as a shell does, may need a processor whose write is held.
static void tick(void) {
  struct timespec pause = {0, 200000000};
  for (;;) {
    puts("TICK");
    fflush(stdout);
    nanosleep(&pause, NULL);
  }
}

int main(int count, char **arguments) {
  if (count < 3) return 2;
  map_registers(arguments[1]);
  if (!strcmp(arguments[2], "raise")) return write32(RAISE, 1), 0;
  if (!strcmp(arguments[2], "quiet")) return write32(ACKNOWLEDGE, 1), 0;
  if (!strcmp(arguments[2], "tick")) tick();
  if (!strcmp(arguments[2], "pin") && count > 3) return hear_pin(arguments[1], atol(arguments[3]));
  long pages = atol(arguments[2]), probes = count > 3 ? atol(arguments[3]) : pages;
  pagemap = open("/proc/self/pagemap", O_RDONLY);
  if (pagemap < 0) die("pagemap");
  uint8_t *memory = mmap(NULL, (size_t)(pages + 1) * PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  if (memory == MAP_FAILED) die("mmap");
  uint8_t *pattern = memory + (size_t)pages * PAGE;
  long reached = 0, first_lost = -1;
  for (long i = 0; i < probes; i++) {
    uint8_t *page = memory + (size_t)(i * pages / probes) * PAGE;
    for (int j = 0; j < BYTES; j++) pattern[j] = (uint8_t)(i * 31 + j * 7 + 3);
    memset(page, 0, BYTES);
    copy(physical(pattern), BUFFER, 0);
    copy(BUFFER, physical(page), TO_MEMORY);
    if (!memcmp(page, pattern, BYTES)) reached++;
    else if (first_lost < 0) first_lost = (long)(physical(page) / PAGE);
  }
  printf("%ld of %ld pages reached", reached, probes);
  if (first_lost >= 0) printf(", not PFN 0x%lx", first_lost);
  printf("\n");
  return reached == probes ? 0 : reached == 0 ? 1 : 3;
}
