// A circuit breaker: after repeated failures it answers at once, then lets one call try again.

export class CircuitOpen extends Error {}

export class CircuitBreaker {
  #failed = 0;
  #openedAt = null;
  #trying = false;

  constructor({ failures, restMs, clock = () => performance.now() }) {
    this.limit = failures;
    this.restMs = restMs;
    this.clock = clock;
  }

  get isOpen() {
    return this.#openedAt !== null;
  }

  /** Do the work, or throw CircuitOpen without doing it. */
  async call(work) {
    const trial = this.isOpen;
    if (trial) {
      if (this.#trying || this.clock() - this.#openedAt < this.restMs) throw new CircuitOpen("the circuit is open");
      this.#trying = true;
    }
    // Calls that began before the circuit opened may end after it; only the trial says how things are now.
    try {
      const result = await work();
      if (trial || !this.isOpen) {
        this.#failed = 0;
        this.#openedAt = null;
      }
      return result;
    } catch (error) {
      this.#failed += 1;
      if (trial || (!this.isOpen && this.#failed >= this.limit)) this.#openedAt = this.clock();
      throw error;
    } finally {
      if (trial) this.#trying = false;
    }
  }
}
