// SPDX-License-Identifier: GPL-2.0-only
/*
 * A virtio balloon driver whose balloon pages are 2 MiB.
 *
 * It takes a balloon device that offers a private feature bit and leaves every other one to
 * virtio_balloon. docs/guest-driver.md of Aerostat specifies what the bit means. In short: each
 * entry of an inflate or deflate message names an aligned block of 2 MiB by its first page, and a
 * deflated block is the guest's once its message has come back, not before: the device may be
 * mapping it for DMA.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/oom.h>
#include <linux/slab.h>
#include <linux/virtio.h>
#include <linux/virtio_balloon.h>
#include <linux/virtio_config.h>
#include <linux/vmstat.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "compat.h"

#define BLOCK_SHIFT	21
#define BLOCK_ORDER	(BLOCK_SHIFT - PAGE_SHIFT)
#define BLOCK_PAGES	BIT(BLOCK_ORDER)
/* num_pages, actual and PFNs count 4 KiB, whatever the size of the guest's pages. */
#define BLOCK_UNITS	(1U << (BLOCK_SHIFT - VIRTIO_BALLOON_PFN_SHIFT))

#define MESSAGE_BLOCKS	256U
/* Compaction is slow: what it has made is told to the device before it makes more. */
#define COMPACTED_BLOCKS 8U
/* Not 1: to the device, a lone block that comes back is one that was exchanged for another. */
#define OOM_BLOCKS	4U
#define RETRY_DELAY	msecs_to_jiffies(200)

/*
 * A block fills its pageblock and would mark it unmovable for good if it were allocated as that.
 * Without __GFP_HIGHMEM a movable one does not come from ZONE_MOVABLE, where all must be able to
 * move. __GFP_NORETRY keeps the balloon from driving the guest out of memory.
 */
#define GFP_FREE_BLOCK	((GFP_USER | __GFP_MOVABLE | __GFP_NOWARN | __GFP_NORETRY | \
			  __GFP_NOMEMALLOC) & ~__GFP_DIRECT_RECLAIM)
#define GFP_COMPACTED_BLOCK (GFP_FREE_BLOCK | __GFP_DIRECT_RECLAIM)

static unsigned int private_bit = 62;
module_param(private_bit, uint, 0444);
MODULE_PARM_DESC(private_bit, "feature bit of the device for balloon pages of 2 MiB, 50 to 63");

enum queue { INFLATE, DEFLATE, QUEUES };

struct balloon {
	struct virtio_device *vdev;
	struct virtqueue *queues[QUEUES];
	wait_queue_head_t answered;
	struct workqueue_struct *workqueue;
	struct delayed_work work;
	struct notifier_block oom;
	/*
	 * Guards the queues and all that follows. Whoever runs out of memory takes it to get blocks
	 * back, so none may be allocated under it.
	 */
	struct mutex lock;
	/* The last one in is the first. */
	struct list_head blocks;
	unsigned int count;
	/* The device no longer answers, and may still read the message. */
	bool lost;
	__le32 message[MESSAGE_BLOCKS];
};

static void answered(struct virtqueue *vq)
{
	struct balloon *b = vq->vdev->priv;

	wake_up(&b->answered);
}

static bool is_lost(struct balloon *b, struct virtqueue *vq)
{
	return virtqueue_is_broken(vq) ||
	       b->vdev->config->get_status(b->vdev) & VIRTIO_CONFIG_S_NEEDS_RESET;
}

/* Tells the device of the last n blocks and returns whether it has answered. */
static bool tell(struct balloon *b, enum queue which, unsigned int n)
{
	struct virtqueue *vq = b->queues[which];
	struct scatterlist sg;
	struct page *block;
	unsigned int i = 0, len;

	if (b->lost)
		return false;
	list_for_each_entry(block, &b->blocks, lru) {
		/* In the order in which they go in or out. */
		b->message[which == INFLATE ? n - 1 - i : i] =
			cpu_to_le32(page_to_phys(block) >> VIRTIO_BALLOON_PFN_SHIFT);
		if (++i == n)
			break;
	}
	sg_init_one(&sg, b->message, n * sizeof(b->message[0]));
	/* A lone buffer in an empty queue takes no memory. */
	if (virtqueue_add_outbuf(vq, &sg, 1, b, GFP_NOWAIT))
		goto lost;
	virtqueue_kick(vq);
	while (!wait_event_timeout(b->answered, virtqueue_get_buf(vq, &len), HZ)) {
		if (is_lost(b, vq))
			goto lost;
	}
	return true;
lost:
	WRITE_ONCE(b->lost, true);
	dev_err(&b->vdev->dev, "the device is broken or needs a reset: load the driver again\n");
	return false;
}

/* With DEFLATE_ON_OOM the memory still counts as the guest's, as it does for virtio_balloon. */
static void count_managed(struct balloon *b, struct page *block, long pages)
{
	if (!virtio_has_feature(b->vdev, VIRTIO_BALLOON_F_DEFLATE_ON_OOM))
		adjust_managed_page_count(block, pages);
}

static void write_actual(struct balloon *b)
{
	u32 actual = b->count * BLOCK_UNITS;

	virtio_cwrite_le(b->vdev, struct virtio_balloon_config, actual, &actual);
}

/* Returns how many blocks the device asks for; rounded up, so that none leaves before it may. */
static unsigned int read_target(struct balloon *b)
{
	u32 units;

	virtio_cread_le(b->vdev, struct virtio_balloon_config, num_pages, &units);
	return DIV_ROUND_UP_ULL((u64)units, BLOCK_UNITS);
}

static unsigned int allocate_blocks(struct list_head *blocks, unsigned int wanted, gfp_t gfp)
{
	struct page *block;
	unsigned int n;

	for (n = 0; n < wanted; n++) {
		block = alloc_pages(gfp, BLOCK_ORDER);
		if (!block)
			break;
		list_add(&block->lru, blocks);
		cond_resched();
	}
	return n;
}

/* Frees the last n blocks. */
static void release(struct balloon *b, unsigned int n)
{
	struct page *block;

	b->count -= n;
	count_vm_events(BALLOON_DEFLATE, n * BLOCK_PAGES);
	while (n--) {
		block = list_first_entry(&b->blocks, struct page, lru);
		list_del(&block->lru);
		count_managed(b, block, BLOCK_PAGES);
		__free_pages(block, BLOCK_ORDER);
	}
}

/* Puts up to a message of blocks into the balloon, if there are any, and returns how many. */
static unsigned int inflate(struct balloon *b, unsigned int wanted)
{
	struct page *block;
	LIST_HEAD(blocks);
	unsigned int n;

	n = allocate_blocks(&blocks, min(wanted, MESSAGE_BLOCKS), GFP_FREE_BLOCK);
	if (!n)
		n = allocate_blocks(&blocks, min(wanted, COMPACTED_BLOCKS), GFP_COMPACTED_BLOCK);
	if (!n)
		return 0;
	list_for_each_entry(block, &blocks, lru)
		count_managed(b, block, -(long)BLOCK_PAGES);
	mutex_lock(&b->lock);
	list_splice(&blocks, &b->blocks);
	b->count += n;
	count_vm_events(BALLOON_INFLATE, n * BLOCK_PAGES);
	/* A device that does not answer may have taken them all the same: they stay. */
	tell(b, INFLATE, n);
	write_actual(b);
	mutex_unlock(&b->lock);
	return n;
}

/* Takes up to a message of blocks out of the balloon, and returns how many. */
static unsigned int deflate(struct balloon *b, unsigned int wanted)
{
	unsigned int n = min3(wanted, b->count, MESSAGE_BLOCKS);

	lockdep_assert_held(&b->lock);
	if (!n || !tell(b, DEFLATE, n))
		return 0;
	release(b, n);
	write_actual(b);
	return n;
}

static unsigned int deflate_to(struct balloon *b, unsigned int target)
{
	unsigned int n = 0;

	mutex_lock(&b->lock);
	if (b->count > target)
		n = deflate(b, b->count - target);
	mutex_unlock(&b->lock);
	return n;
}

/* One message a turn: the target may have changed meanwhile. */
static void follow_target(struct work_struct *work)
{
	struct balloon *b = container_of(to_delayed_work(work), struct balloon, work);
	unsigned int target = read_target(b), count = READ_ONCE(b->count), moved;

	if (READ_ONCE(b->lost) || count == target)
		return;
	moved = count < target ? inflate(b, target - count) : deflate_to(b, target);
	/* What was asked for while this ran has queued the work already. */
	queue_delayed_work(b->workqueue, &b->work, moved ? 0 : RETRY_DELAY);
}

static void config_changed(struct virtio_device *vdev)
{
	struct balloon *b = vdev->priv;

	mod_delayed_work(b->workqueue, &b->work, 0);
}

static int out_of_memory_notify(struct notifier_block *nb, unsigned long unused, void *freed)
{
	struct balloon *b = container_of(nb, struct balloon, oom);

	mutex_lock(&b->lock);
	*(unsigned long *)freed += deflate(b, OOM_BLOCKS) * BLOCK_PAGES;
	mutex_unlock(&b->lock);
	return NOTIFY_OK;
}

static int find_queues(struct balloon *b)
{
	return compat_find_two_queues(b->vdev, b->queues, answered, "inflate", "deflate");
}

static void start(struct balloon *b)
{
	virtio_device_ready(b->vdev);
	mod_delayed_work(b->workqueue, &b->work, 0);
}

/* Empties the balloon and leaves the device reset. The core no longer calls config_changed(). */
static void stop(struct balloon *b)
{
	cancel_delayed_work_sync(&b->work);
	mutex_lock(&b->lock);
	while (deflate(b, b->count))
		cond_resched();
	mutex_unlock(&b->lock);
	/* From then on all memory is the guest's, whatever the device has answered. */
	compat_reset_device(b->vdev);
	mutex_lock(&b->lock);
	release(b, b->count);
	WRITE_ONCE(b->lost, false);
	mutex_unlock(&b->lock);
	b->vdev->config->del_vqs(b->vdev);
}

/* Memory that the guest has written is memory that the host has populated. */
static void warn_of_zeroing(struct device *dev)
{
	if (want_init_on_alloc(0))
		dev_warn(dev, "init_on_alloc is on: it writes every page that the balloon takes, so nothing is gained. Boot with init_on_alloc=0\n");
	if (want_init_on_free())
		dev_warn(dev, "init_on_free is on: it writes all memory, so nothing is gained. Boot with init_on_free=0\n");
}

static int probe(struct virtio_device *vdev)
{
	struct balloon *b;
	int err;

	b = kzalloc(sizeof(*b), GFP_KERNEL);
	if (!b)
		return -ENOMEM;
	b->vdev = vdev;
	vdev->priv = b;
	mutex_init(&b->lock);
	init_waitqueue_head(&b->answered);
	INIT_LIST_HEAD(&b->blocks);
	INIT_DELAYED_WORK(&b->work, follow_target);
	/* Unbound: compaction, and zeroing above all, take long. */
	b->workqueue = alloc_workqueue(KBUILD_MODNAME, WQ_FREEZABLE | WQ_UNBOUND, 1);
	if (!b->workqueue) {
		err = -ENOMEM;
		goto free;
	}
	err = find_queues(b);
	if (err)
		goto destroy;
	if (virtio_has_feature(vdev, VIRTIO_BALLOON_F_DEFLATE_ON_OOM)) {
		b->oom.notifier_call = out_of_memory_notify;
		err = register_oom_notifier(&b->oom);
		if (err)
			goto del;
	}
	dev_info(&vdev->dev, "a balloon of 2 MiB pages\n");
	warn_of_zeroing(&vdev->dev);
	start(b);
	return 0;
del:
	vdev->config->del_vqs(vdev);
destroy:
	destroy_workqueue(b->workqueue);
free:
	kfree(b);
	return err;
}

static void remove(struct virtio_device *vdev)
{
	struct balloon *b = vdev->priv;

	if (virtio_has_feature(vdev, VIRTIO_BALLOON_F_DEFLATE_ON_OOM))
		unregister_oom_notifier(&b->oom);
	stop(b);
	destroy_workqueue(b->workqueue);
	kfree(b);
}

/* After -ENODEV the core offers the device to virtio_balloon. */
static int validate(struct virtio_device *vdev)
{
	if (!virtio_has_feature(vdev, VIRTIO_F_VERSION_1) ||
	    !virtio_has_feature(vdev, VIRTIO_BALLOON_F_MUST_TELL_HOST) ||
	    !virtio_has_feature(vdev, private_bit))
		return -ENODEV;
	/* Its PFNs are guest-physical addresses, never translated. */
	__virtio_clear_bit(vdev, VIRTIO_F_ACCESS_PLATFORM);
	return 0;
}

#ifdef CONFIG_PM_SLEEP
static int freeze(struct virtio_device *vdev)
{
	stop(vdev->priv);
	return 0;
}

static int restore(struct virtio_device *vdev)
{
	struct balloon *b = vdev->priv;
	int err = find_queues(b);

	if (!err)
		start(b);
	return err;
}
#endif

static unsigned int features[] = {
	VIRTIO_BALLOON_F_MUST_TELL_HOST,
	VIRTIO_BALLOON_F_DEFLATE_ON_OOM,
	0, /* private_bit */
};

static const struct virtio_device_id ids[] = {
	{ VIRTIO_ID_BALLOON, VIRTIO_DEV_ANY_ID },
	{ 0 },
};
MODULE_DEVICE_TABLE(virtio, ids);

static struct virtio_driver driver = {
	.driver.name = KBUILD_MODNAME,
	.driver.owner = THIS_MODULE,
	.id_table = ids,
	.feature_table = features,
	.feature_table_size = ARRAY_SIZE(features),
	.validate = validate,
	.probe = probe,
	.remove = remove,
	.config_changed = config_changed,
#ifdef CONFIG_PM_SLEEP
	.freeze = freeze,
	.restore = restore,
#endif
};

static int __init load(void)
{
	if (private_bit < 50 || private_bit > 63) {
		pr_err("private_bit=%u: expected 50 to 63\n", private_bit);
		return -EINVAL;
	}
	features[ARRAY_SIZE(features) - 1] = private_bit;
	return register_virtio_driver(&driver);
}

static void __exit unload(void)
{
	unregister_virtio_driver(&driver);
}

module_init(load);
module_exit(unload);
/* Where it is loaded to come before another driver, the device should be there. */
MODULE_SOFTDEP("pre: virtio_pci");
MODULE_DESCRIPTION("Virtio balloon of 2 MiB pages");
MODULE_LICENSE("GPL");
