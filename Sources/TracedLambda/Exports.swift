// A handler needs one import: its context's logger and tracer come along.
@_exported public import Logging
@_exported public import SessionTracing
@_exported public import TriggerEvents
