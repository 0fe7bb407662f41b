"""Waiting for a condition."""

from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

# Try again until it no longer fails.
eventually = retry(
    retry=retry_if_exception_type(AssertionError), stop=stop_after_delay(15), wait=wait_fixed(0.05), reraise=True
)
