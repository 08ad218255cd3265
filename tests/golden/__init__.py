"""Pictures of every screen in every state that matters, accepted by somebody who looked at them: see `accepted`."""
