package dev.aerostat.vmm.kvm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

final class KvmConstantsTest {
  @Test
  void requestNumbersAreThoseOfTheKernel() {
    assertEquals(0xae00L, KvmConstants.GET_API_VERSION);
    assertEquals(0xae01L, KvmConstants.CREATE_VM);
    assertEquals(0xae03L, KvmConstants.CHECK_EXTENSION);
    assertEquals(0xae04L, KvmConstants.GET_VCPU_MMAP_SIZE);
    assertEquals(0xc008_ae05L, KvmConstants.GET_SUPPORTED_CPUID);
    assertEquals(0xae41L, KvmConstants.CREATE_VCPU);
    assertEquals(0x4020_ae46L, KvmConstants.SET_USER_MEMORY_REGION);
    assertEquals(0xae47L, KvmConstants.SET_TSS_ADDR);
    assertEquals(0x4008_ae48L, KvmConstants.SET_IDENTITY_MAP_ADDR);
    assertEquals(0xae60L, KvmConstants.CREATE_IRQCHIP);
    assertEquals(0x4008_ae61L, KvmConstants.IRQ_LINE);
    assertEquals(0x4008_ae6aL, KvmConstants.SET_GSI_ROUTING);
    assertEquals(0x4020_ae76L, KvmConstants.IRQFD);
    assertEquals(0x4040_ae77L, KvmConstants.CREATE_PIT2);
    assertEquals(0xae80L, KvmConstants.RUN);
    assertEquals(0x8090_ae81L, KvmConstants.GET_REGS);
    assertEquals(0x4090_ae82L, KvmConstants.SET_REGS);
    assertEquals(0x8138_ae83L, KvmConstants.GET_SREGS);
    assertEquals(0x4138_ae84L, KvmConstants.SET_SREGS);
    assertEquals(0x4008_ae89L, KvmConstants.SET_MSRS);
    assertEquals(0x4004_ae8bL, KvmConstants.SET_SIGNAL_MASK);
    assertEquals(0x8400_ae8eL, KvmConstants.GET_LAPIC);
    assertEquals(0x4400_ae8fL, KvmConstants.SET_LAPIC);
    assertEquals(0x4008_ae90L, KvmConstants.SET_CPUID2);
    assertEquals(0xaeadL, KvmConstants.KVMCLOCK_CTRL);
    assertEquals(0x4020_aea5L, KvmConstants.SIGNAL_MSI);
    assertEquals(0xc00c_aee0L, KvmConstants.CREATE_DEVICE);
    assertEquals(0x4018_aee1L, KvmConstants.SET_DEVICE_ATTR);
  }
}
