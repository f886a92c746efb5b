// Re-exported, because events are made of their values.
@_exported public import SessionTracing
@_exported public import TriggerEvents
