"""What PowerShell (under WSL) and osascript are told to do with the clipboard. No text stands in a script: it comes on the standard input.

Written from the documents; not run where this was built. Formats that keep a text out of history and cloud: learn.microsoft.com, Clipboard
Formats, "Cloud Clipboard and Clipboard History Formats". org.nspasteboard.ConcealedType: nspasteboard.org. Current host only, so that no
other device of the user's gets it: developer.apple.com, NSPasteboard.ContentsOptions.currentHostOnly.
"""

from __future__ import annotations

from typing import Final

from kiskriv.machine.windows import CLIPBOARD_SECRECY

_LOADED: Final = "$ErrorActionPreference = 'Stop'; Add-Type -AssemblyName System.Windows.Forms; "
_NAMES: Final = ", ".join(f"'{name}'" for name in CLIPBOARD_SECRECY)

POWERSHELL: Final = ("powershell.exe", "-NoProfile", "-NonInteractive", "-STA", "-Command")
POWERSHELL_COPY: Final = (
    _LOADED
    + "$said = (New-Object IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8)).ReadToEnd(); "
    + '$it = New-Object Windows.Forms.DataObject; $it.SetText($said.Replace("`n", "`r`n")); '
    + f"foreach ($name in {_NAMES}) {{ $it.SetData($name, $false, (New-Object IO.MemoryStream(, [byte[]](0, 0, 0, 0)))) }}; "
    + "[Windows.Forms.Clipboard]::SetDataObject($it, $true)"
)
POWERSHELL_PASTE: Final = (
    _LOADED
    + "$held = [Text.Encoding]::UTF8.GetBytes([Windows.Forms.Clipboard]::GetText()); "
    + "[Console]::OpenStandardOutput().Write($held, 0, $held.Length)"
)
POWERSHELL_CLEAR: Final = _LOADED + "[Windows.Forms.Clipboard]::Clear()"

OSASCRIPT: Final = ("osascript", "-l", "JavaScript", "-e")
OSASCRIPT_COPY: Final = """
ObjC.import('AppKit'); ObjC.import('stdlib')
const said = $.NSFileHandle.fileHandleWithStandardInput.readDataToEndOfFile
const text = $.NSString.alloc.initWithDataEncoding(said, $.NSUTF8StringEncoding)
const board = $.NSPasteboard.generalPasteboard
board.prepareForNewContentsWithOptions($.NSPasteboardContentsCurrentHostOnly)
const concealed = board.setStringForType($(''), $('org.nspasteboard.ConcealedType'))
if (!concealed || !board.setStringForType(text, $.NSPasteboardTypeString)) $.exit(1)
"""
OSASCRIPT_CLEAR: Final = "ObjC.import('AppKit'); $.NSPasteboard.generalPasteboard.clearContents"
