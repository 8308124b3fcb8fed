/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between kernels from 5.10 on. */
#ifndef AEROSTAT_COMPAT_H
#define AEROSTAT_COMPAT_H

#include <linux/version.h>
#include <linux/virtio.h>
#include <linux/virtio_config.h>

static inline void compat_reset_device(struct virtio_device *vdev)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 17, 0)
	virtio_reset_device(vdev);
#else
	vdev->config->reset(vdev);
#endif
}

static inline int compat_find_two_queues(struct virtio_device *vdev, struct virtqueue *queues[2],
					 vq_callback_t *callback, const char *first,
					 const char *second)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 11, 0)
	struct virtqueue_info info[] = { { first, callback }, { second, callback } };

	return virtio_find_vqs(vdev, 2, queues, info, NULL);
#else
	vq_callback_t *callbacks[] = { callback, callback };
	const char *const names[] = { first, second };

	return virtio_find_vqs(vdev, 2, queues, callbacks, names, NULL);
#endif
}

#endif
