// Re-exported, so that a handler needs only one import for its context's logger and tracer.
@_exported public import HTTPCalls
@_exported public import Logging
@_exported public import SessionTracing
@_exported public import TriggerEvents
