<%inherit file="layout.mako"/>
<%def name="title()">${title}</%def>
<h1>${title}</h1>
<p class="about">${sentence}</p>
<p><a href="/">All projects</a></p>
