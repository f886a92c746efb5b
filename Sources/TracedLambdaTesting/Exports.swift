// Re-exported, so that a test needs only one import for the events that it makes.
@_exported public import TestEvents
