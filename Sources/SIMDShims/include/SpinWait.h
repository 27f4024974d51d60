// Waiting awake.
#ifndef REFINERY_SPIN_WAIT_H
#define REFINERY_SPIN_WAIT_H

/// Tells the core that this thread waits in a loop: a few dozen cycles that leave it to others.
static inline __attribute__((always_inline)) void pause_briefly(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

#endif
