; For whoever starts it, without an administrator; silently with /S. scripts/package gives VERSION and OUTPUT, and makes
; registry.nsh.
; The program is for 64-bit Windows, and so is this.
Target amd64-unicode
SetCompressor /SOLID lzma
RequestExecutionLevel user
Name "Tamga"
OutFile "${OUTPUT}"
; Not Tamga's folder for keys, which is %LOCALAPPDATA%\Tamga.
InstallDir "$LOCALAPPDATA\Programs\Tamga"
ShowInstDetails nevershow
ShowUninstDetails nevershow

!include "registry.nsh"
!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\Tamga"

Page instfiles
UninstPage uninstConfirm
UninstPage instfiles
LoadLanguageFile "${NSISDIR}\Contrib\Language files\English.nlf"
LoadLanguageFile "${NSISDIR}\Contrib\Language files\Russian.nlf"

; A key is removed only if it still names our file: somebody may have registered another host since.
!macro RemoveOwnKey KEY FILE
  ReadRegStr $0 HKCU "${KEY}" ""
  StrCmp $0 "${FILE}" 0 +2
  DeleteRegKey HKCU "${KEY}"
!macroend

Section
  SetOutPath "$INSTDIR"
  ; A browser may be using the program: Windows lets it be renamed, not replaced.
  Delete "$INSTDIR\tamga-host.old.exe"
  Rename "$INSTDIR\tamga-host.exe" "$INSTDIR\tamga-host.old.exe"
  File "tamga-host.exe"
  Delete "$INSTDIR\tamga-host.old.exe"
  File "LICENSE.txt"
  File "package"
  !insertmacro InstallBeside
  !insertmacro Register
  WriteUninstaller "$INSTDIR\uninstall.exe"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayName" "Tamga"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "Publisher" "Tamga"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "URLInfoAbout" "https://tamga.org"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD HKCU "${UNINSTALL_KEY}" "NoRepair" 1
SectionEnd

; Keys and settings stay: only files that were installed are named.
Section Uninstall
  !insertmacro Unregister
  Delete "$INSTDIR\tamga-host.exe"
  Delete "$INSTDIR\tamga-host.old.exe"
  Delete "$INSTDIR\LICENSE.txt"
  Delete "$INSTDIR\package"
  !insertmacro RemoveBeside
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR"
  DeleteRegKey HKCU "${UNINSTALL_KEY}"
SectionEnd
