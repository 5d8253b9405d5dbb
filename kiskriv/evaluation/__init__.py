"""What a clinic validates with: drafts from transcripts, and figures from its own consultations (R24). No consultation, and no ledger."""
