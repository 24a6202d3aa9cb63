// The page's Blob to the background by reference, and the time it took back.
addEventListener('message', async ({ data }) => {
  if (!(data?.bare instanceof Blob)) return;
  const milliseconds = await chrome.runtime.sendMessage(data.bare);
  postMessage({ milliseconds });
});
