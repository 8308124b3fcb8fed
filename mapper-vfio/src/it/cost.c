/*
 * What MAP_DMA and UNMAP_DMA cost a C program. Reads rounds from standard input, "BYTES CALLS", and answers each with
 * the nanoseconds that a map and an unmap took, on average over the round. Usage: cost GROUP ADDRESS
 */
#include <fcntl.h>
#include <linux/vfio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>

#define MEMORY (32UL << 20)
#define HUGE (2UL << 20)
#define IOVA (1UL << 32)

static int must(int result, const char *what) {
  if (result < 0) {
    perror(what);
    exit(1);
  }
  return result;
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000UL + t.tv_nsec;
}

int main(int argc, char **argv) {
  char path[64];
  if (argc != 3) return 2;
  int container = must(open("/dev/vfio/vfio", O_RDWR), "container");
  snprintf(path, sizeof path, "/dev/vfio/%s", argv[1]);
  int group = must(open(path, O_RDWR), "group");
  must(ioctl(group, VFIO_GROUP_SET_CONTAINER, &container), "set container");
  must(ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1v2_IOMMU), "set iommu");
  must(ioctl(group, VFIO_GROUP_GET_DEVICE_FD, argv[2]), "device");

  char *raw = mmap(0, MEMORY + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char *memory = (char *)(((uintptr_t)raw + HUGE - 1) & ~(HUGE - 1));
  madvise(memory, MEMORY, MADV_HUGEPAGE);
  memset(memory, 1, MEMORY);

  struct vfio_iommu_type1_dma_map map = {.argsz = sizeof map, .flags = VFIO_DMA_MAP_FLAG_READ | VFIO_DMA_MAP_FLAG_WRITE};
  struct vfio_iommu_type1_dma_unmap unmap = {.argsz = sizeof unmap};
  unsigned long bytes, calls;
  while (scanf("%lu %lu", &bytes, &calls) == 2) {
    uint64_t start = now();
    for (unsigned long i = 0; i < calls; i++) {
      map.vaddr = (uintptr_t)memory + i * bytes % MEMORY;
      map.iova = IOVA + i * bytes;
      map.size = bytes;
      must(ioctl(container, VFIO_IOMMU_MAP_DMA, &map), "map");
    }
    uint64_t middle = now();
    for (unsigned long i = 0; i < calls; i++) {
      unmap.iova = IOVA + i * bytes;
      unmap.size = bytes;
      must(ioctl(container, VFIO_IOMMU_UNMAP_DMA, &unmap), "unmap");
    }
    uint64_t end = now();
    printf("%lu %lu\n", (middle - start) / calls, (end - middle) / calls);
    fflush(stdout);
  }
  return 0;
}
