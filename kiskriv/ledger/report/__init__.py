"""What is made of a log for people: a report on a period (R34), and a page about one erasure for a patient (R17).

copy ──audit──> Findings ─┐
  └──entries─────────────> reconciliation ──> sections ──> text, page (with plot)
                                         └──> tables: csv, json
receipt ──────────────────────────────────> receipt_page: text, page
"""

from kiskriv.ledger.report.answer import report
from kiskriv.ledger.report.receipt_page import receipt_page, receipt_text
from kiskriv.ledger.report.reconciliation import Period

__all__ = ["Period", "receipt_page", "receipt_text", "report"]
